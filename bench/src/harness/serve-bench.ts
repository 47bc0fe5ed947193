interface Command {
  readonly id: number;
  readonly command: string;
  readonly argument: unknown;
}

/** What a child process does when asked; arguments and results are plain data. */
export type Commands<Names extends string> = Readonly<
  // oxlint-disable-next-line typescript/no-redundant-type-constituents -- says that both are meant
  Record<Names, (argument: never) => unknown | Promise<unknown>>
>;

/**
 * The child's side of `BenchChild`: opens with the config that the parent gave, then answers.
 * Ends when the parent does.
 */
// oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- names what the parent gives
export function serveBench<Config>(
  open: (config: Config) => Commands<string> | Promise<Commands<string>>,
): void {
  let commands: Commands<string> = {};
  process.on('disconnect', () => process.exit(0));
  process.on('message', ({ id, command, argument }: Command) => {
    void answer(id, async () => {
      // oxlint-disable typescript/no-unsafe-type-assertion -- both ends are one bench's
      if (command === 'open') {
        commands = await open(argument as Config);
        return undefined;
      }
      const run = commands[command];
      if (!run) throw new Error(`no command ${command}`);
      return await run(argument as never);
      // oxlint-enable typescript/no-unsafe-type-assertion
    });
  });
}

async function answer(id: number, work: () => Promise<unknown>): Promise<void> {
  try {
    process.send?.({ id, result: await work() });
  } catch (error) {
    process.send?.({
      id,
      error: error instanceof Error ? (error.stack ?? error.message) : 'failed',
    });
  }
}

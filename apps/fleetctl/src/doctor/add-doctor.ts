import { type Command, CommanderError, InvalidArgumentError } from 'commander';
import { readEnvironment } from '@fleet/config';
import { doctorCommand } from './doctor-command.ts';

/** Code of the CommanderError that means: it ran, and something failed. */
export const NOT_WELL = 'fleetctl.notWell';

interface RawDoctorFlags {
  readonly json?: boolean;
  readonly symbol?: string;
  readonly watch: number;
  readonly restUrl?: string;
  readonly wsUrl?: string;
  readonly masterUrl?: string;
}

/** The command of it; a doctor that found something ends with a CommanderError NOT_WELL. */
export function addDoctor(program: Command): void {
  program
    .command('doctor')
    .description('can this fleet trade? asks KIS everything that can be asked without an order')
    .allowExcessArguments(false)
    .option('--json', 'the same for programs: stable English keys')
    .option('--symbol <code>', 'the stock to look at (005930, or the busiest one)')
    .option('--watch <seconds>', 'how long the feed is listened to', secondsOf, 30)
    .option('--rest-url <url>', 'instead of KIS_REST_BASE_URL')
    .option('--ws-url <url>', 'instead of KIS_WS_URL')
    .option('--master-url <url>', 'instead of KIS_MASTER_URL')
    .action(async (flags: RawDoctorFlags) => {
      const isWell = await doctorCommand(
        {
          json: flags.json === true,
          symbol: flags.symbol,
          watchSeconds: flags.watch,
          restUrl: flags.restUrl,
          wsUrl: flags.wsUrl,
          masterUrl: flags.masterUrl,
        },
        {
          environment: readEnvironment(),
          nodeVersion: process.version,
          withColor: process.stdout.isTTY && !readEnvironment()['NO_COLOR'],
          print: (line) => process.stdout.write(`${line}\n`),
        },
      );
      if (!isWell) throw new CommanderError(1, NOT_WELL, 'not well');
    });
}

function secondsOf(text: string): number {
  const seconds = Number(text);
  if (Number.isInteger(seconds) && seconds >= 1 && seconds <= 600) return seconds;
  throw new InvalidArgumentError('a whole number from 1 to 600');
}

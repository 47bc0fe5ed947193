interface Named {
  readonly workerId: string;
  readonly pid: number;
}

/** The pid, which is what a person sees in `ps`; the id's tail where two hosts share one. */
export function workerName(worker: Named, all: readonly Named[]): string {
  const namesakes = all.filter(({ pid }) => pid === worker.pid).length;
  return namesakes > 1 ? worker.workerId.slice(-6) : String(worker.pid);
}

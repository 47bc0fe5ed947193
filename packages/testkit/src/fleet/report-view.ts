interface LagView {
  readonly count: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
}

/** What a scenario reads of the `--report` file. */
export interface ReportView {
  readonly workers: readonly { workerId: string; pid: number; trades: number }[];
  readonly events: Readonly<Record<string, number>>;
  readonly lag: Readonly<Record<string, LagView>>;
  readonly trades: number;
  readonly unsellable: readonly { symbol: string; quantity: number; reason: string }[];
  readonly openPositions: readonly { symbol: string; quantity: number }[];
}

/** Stands between the exchange's notices and the sockets. */
export interface NoticeFaults {
  /** Calls `send` once, later, twice, in another order or not at all. */
  deliver(record: string, send: (record: string) => void): void;
}

export const NO_NOTICE_FAULTS: NoticeFaults = { deliver: (record, send) => send(record) };

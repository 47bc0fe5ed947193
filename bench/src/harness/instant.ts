/** Milliseconds of the machine's one monotonic clock: comparable between processes, unlike `performance.now`. */
export function instantMs(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}

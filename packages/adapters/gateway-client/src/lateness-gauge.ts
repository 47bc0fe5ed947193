const WINDOW_MS = 30_000;

/**
 * How late pushes come, although the clocks of two hosts need not agree: the quickest push of the last
 * minute or so is the measure for the others. What lies in buffers while this process is stopped, or
 * reads too slowly, is late; an hour's difference between two wall clocks is not.
 */
export class LatenessGauge {
  #quickest = Number.POSITIVE_INFINITY;
  #quickestBefore = Number.POSITIVE_INFINITY;
  #windowFrom = Number.NEGATIVE_INFINITY;

  /**
   * @param sentAt epoch ms by the sender's clock
   * @param receivedAt ms by our monotonic clock
   */
  lateMs(sentAt: number, receivedAt: number): number {
    const delay = receivedAt - sentAt;
    if (receivedAt - this.#windowFrom > WINDOW_MS) {
      this.#quickestBefore = this.#quickest;
      this.#quickest = Number.POSITIVE_INFINITY;
      this.#windowFrom = receivedAt;
    }
    this.#quickest = Math.min(this.#quickest, delay);
    return delay - Math.min(this.#quickest, this.#quickestBefore);
  }
}

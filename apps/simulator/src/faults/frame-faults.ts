/** A frame as it goes out, or the end of its socket instead. */
export type FrameOutcome =
  | { readonly kind: 'SEND'; readonly data: string | Buffer }
  | { readonly kind: 'DROP_SOCKET' };

/** What a fault does to one data frame. */
export interface FrameFaults {
  change(frame: string): FrameOutcome;
}

export const NO_FRAME_FAULTS: FrameFaults = {
  change: (frame) => ({ kind: 'SEND', data: frame }),
};

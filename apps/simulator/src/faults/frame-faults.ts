/** What a fault does to one data frame. */
export interface FrameFaults {
  /** The frame as it goes out; undefined: it is lost; 'DROP': the socket is dropped instead. */
  change(frame: string): string | Buffer | 'DROP';
}

export const NO_FRAME_FAULTS: FrameFaults = { change: (frame) => frame };

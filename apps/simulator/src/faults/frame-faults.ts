import type { AckCode } from '../websocket/acknowledgement.ts';

/** A frame as it goes out, or the end of its socket instead. */
export type FrameOutcome =
  | { readonly kind: 'SEND'; readonly data: string | Buffer }
  | { readonly kind: 'DROP_SOCKET' };

/** What faults do to a session: to each data frame, and to a registration that would be taken. */
export interface FrameFaults {
  change(frame: string): FrameOutcome;
  /** The refusal instead of the registration. */
  refuse(trId: string, trKey: string): AckCode | undefined;
}

export const NO_FRAME_FAULTS: FrameFaults = {
  change: (frame) => ({ kind: 'SEND', data: frame }),
  refuse: () => undefined,
};

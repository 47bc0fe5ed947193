import type { MarketTime, RealTime } from '../control/real-time.ts';
import { type AckCode, isRefusalCode } from '../websocket/acknowledgement.ts';
import type { FaultPlan, Strike } from './fault-plan.ts';
import {
  FRAME_FAULTS,
  NOTICE_FAULTS,
  type NoticeFaultKind,
  REGISTRATION_FAULTS,
} from './fault-rule.ts';
import type { FrameFaults, FrameOutcome } from './frame-faults.ts';
import type { NoticeFaults } from './notice-faults.ts';

export interface FeedFaultParts {
  readonly plan: FaultPlan;
  readonly market: MarketTime;
  readonly real: RealTime;
  /** TR id of notices on this server, for rules that name one. */
  readonly noticeTrId: string;
}

// The first two bytes of a three-byte letter.
const HALF_A_LETTER = Buffer.from([0xed, 0x95]);

/** Faults of frames and notices. */
export class FeedFaultInjector implements FrameFaults, NoticeFaults {
  readonly #parts: FeedFaultParts;
  /** A notice that lets the next one pass first. */
  #held: string | undefined;

  constructor(parts: FeedFaultParts) {
    this.#parts = parts;
  }

  change(frame: string): FrameOutcome {
    const trId = frame.split('|', 2)[1] ?? '';
    const occasion = { endpoint: undefined, trId, subject: `frame ${trId}` };
    const strike = this.#parts.plan.strike(FRAME_FAULTS, occasion);
    if (strike === undefined) return { kind: 'SEND', data: frame };
    if (strike.kind === 'SOCKET_DROPPED') return { kind: 'DROP_SOCKET' };
    const data =
      strike.kind === 'EXTRA_COLUMN'
        ? withExtraColumn(frame)
        : Buffer.concat([Buffer.from(frame, 'utf8'), HALF_A_LETTER]);
    return { kind: 'SEND', data };
  }

  refuse(trId: string, trKey: string): AckCode | undefined {
    const occasion = { endpoint: undefined, trId, subject: `subscribe ${trId} ${trKey}` };
    const code = this.#parts.plan.strike(REGISTRATION_FAULTS, occasion)?.rule.code;
    return code !== undefined && isRefusalCode(code) ? code : undefined;
  }

  deliver(record: string, send: (record: string) => void): void {
    const occasion = {
      endpoint: undefined,
      trId: this.#parts.noticeTrId,
      subject: `notice ${record.split('^')[2] ?? ''}`,
    };
    const strike = this.#parts.plan.strike(NOTICE_FAULTS, occasion);
    const held = this.#held;
    this.#held = undefined;
    if (strike === undefined) send(record);
    else this.#deliverFaulty(strike, record, send);
    if (held !== undefined) send(held);
  }

  #deliverFaulty(
    { kind, rule }: Strike<NoticeFaultKind>,
    record: string,
    send: (record: string) => void,
  ): void {
    const { real, market } = this.#parts;
    switch (kind) {
      case 'NOTICE_LOST':
        break;
      case 'NOTICE_LATE':
        real.after(rule.delayMs / market.speed(), () => send(record));
        break;
      case 'NOTICE_TWICE':
        send(record);
        send(record);
        break;
      case 'NOTICE_OUT_OF_ORDER':
        this.#held = record;
        break;
    }
  }
}

/** One more value behind each record of a plain frame. */
function withExtraColumn(frame: string): string {
  const [flag = '', trId = '', count = '', payload = ''] = frame.split('|');
  if (flag !== '0') return frame;
  const values = payload.split('^');
  const width = values.length / Number(count);
  const widened = values.flatMap((value, index) =>
    (index + 1) % width === 0 ? [value, '0'] : [value],
  );
  return [flag, trId, count, widened.join('^')].join('|');
}

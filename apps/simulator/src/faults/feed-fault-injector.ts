import type { MarketTime, RealTime } from '../control/real-time.ts';
import type { FrameFaults } from './frame-faults.ts';
import type { FaultPlan } from './fault-plan.ts';
import { type FaultKind, FRAME_FAULTS, NOTICE_FAULTS } from './fault-rule.ts';
import type { NoticeFaults } from './notice-faults.ts';

export interface FeedFaultParts {
  readonly plan: FaultPlan;
  readonly market: MarketTime;
  readonly real: RealTime;
  /** TR id of notices on this server, for rules that name one. */
  readonly noticeTrId: string;
}

const FRAME_KINDS: ReadonlySet<FaultKind> = new Set(FRAME_FAULTS);
const NOTICE_KINDS: ReadonlySet<FaultKind> = new Set(NOTICE_FAULTS);
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

  change(frame: string): string | Buffer | 'DROP' {
    const trId = frame.split('|', 2)[1] ?? '';
    const occasion = { endpoint: undefined, trId, subject: `frame ${trId}` };
    const rule = this.#parts.plan.strike(FRAME_KINDS, occasion);
    switch (rule?.kind) {
      case 'SOCKET_DROPPED':
        return 'DROP';
      case 'EXTRA_COLUMN':
        return withExtraColumn(frame);
      case 'BROKEN_UTF8':
        return Buffer.concat([Buffer.from(frame, 'utf8'), HALF_A_LETTER]);
      default:
        return frame;
    }
  }

  deliver(record: string, send: (record: string) => void): void {
    const { plan, real, market, noticeTrId } = this.#parts;
    const number = record.split('^')[2] ?? '';
    const rule = plan.strike(NOTICE_KINDS, {
      endpoint: undefined,
      trId: noticeTrId,
      subject: `notice ${number}`,
    });
    switch (rule?.kind) {
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
        if (this.#held !== undefined) send(this.#held);
        this.#held = record;
        return;
      default:
        send(record);
    }
    if (this.#held !== undefined) send(this.#held);
    this.#held = undefined;
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

import { kstDate } from '@fleet/krx';
import { BrokerError, type Clock, type MarketClock } from '@fleet/service-layer';
import { registerMessage } from '../feed/control-message.ts';
import { type FeedVerdict, judgeFeedAnswer } from '../feed/feed-answers.ts';
import { FeedListeners } from '../feed/feed-events.ts';
import { type FeedAnswer, FeedSession } from '../feed/feed-session.ts';
import { parseFrame, type RejectReason } from '../feed/frame.ts';
import { FrameRouter } from '../feed/frame-router.ts';
import { accountParts, type KisSettings } from '../settings.ts';

export interface FeedSightAnswer {
  readonly trId: string;
  /** Undefined: KIS did not answer within its time, or the session was gone. */
  readonly verdict: FeedVerdict | undefined;
  readonly code: string;
  readonly message: string;
  /** header.encrypt of the answer. */
  readonly encrypt: string;
}

/** What one short session showed. */
export interface FeedSight {
  readonly answers: readonly FeedSightAnswer[];
  /** Columns of the records that came, by TR. */
  readonly columns: ReadonlyMap<string, readonly number[]>;
  /** Records that could be read. */
  readonly records: number;
  readonly rejects: ReadonlyMap<RejectReason, number>;
  /** Between heartbeats, real milliseconds. */
  readonly pingGapsMs: readonly number[];
  /** Set when KIS ended the session. */
  readonly endedBy: string | undefined;
}

export interface WatchOptions {
  readonly settings: KisSettings;
  readonly approvalKey: string;
  readonly clock: Clock;
  readonly brokerClock: MarketClock;
  readonly symbol: string;
  /** Real milliseconds between the last registration and leaving. */
  readonly watchMs: number;
  readonly signal: AbortSignal;
}

/** Opens one session, registers, listens for a while, takes all back and leaves. @throws BrokerError */
export async function watchFeed(options: WatchOptions): Promise<FeedSight> {
  const { settings, clock, brokerClock, symbol, watchMs, signal } = options;
  const columns = new Map<string, Set<number>>();
  const pings: number[] = [];
  let records = 0;
  const events = new FeedListeners();
  events.add({
    onTicks: (ticks) => void (records += ticks.length),
    onOrderBook: () => void (records += 1),
    onMarketState: () => void (records += 1),
  });
  const router = new FrameRouter({
    profile: settings.profile,
    account: accountParts(settings.accountId),
    events,
    today: () => kstDate(brokerClock.now()),
    standingOf: (_trId, told) => (told === symbol ? 'wanted' : 'unknown'),
  });
  const listener = {
    onData: (text: string): void => {
      const frame = parseFrame(text);
      if (frame !== undefined && !frame.encrypted && frame.count > 0) {
        const seen = columns.get(frame.trId) ?? new Set();
        columns.set(frame.trId, seen.add(frame.payload.split('^').length / frame.count));
      }
      router.route(text);
    },
    onAnswer: ({ secret, trId }: FeedAnswer): void => {
      if (secret !== undefined) router.setSecret(trId, secret);
    },
    onPing: (): void => void pings.push(clock.monotonicMs()),
  };
  const session = await FeedSession.open(settings.wsUrl, clock, listener, signal);
  try {
    const answers = await ask(session, options, true);
    if (session.isOpen) await Promise.race([clock.sleep(watchMs, signal), session.ended]);
    const endedBy = session.isOpen ? undefined : await session.ended;
    if (session.isOpen) await ask(session, options, false);
    return {
      answers,
      columns: new Map([...columns].map(([trId, widths]) => [trId, [...widths]])),
      records,
      rejects: router.rejects(),
      pingGapsMs: pings.slice(1).map((at, index) => at - (pings[index] ?? at)),
      endedBy,
    };
  } finally {
    await session.close('bye');
  }
}

/** Trades, books, the market's state where there is one, and notices where there is an HTS id. */
function wanted({ settings, symbol }: WatchOptions): readonly { trId: string; trKey: string }[] {
  const { feedTrIds, marketStateTrId } = settings.profile;
  const ofSymbol = [feedTrIds.trade, feedTrIds.book, marketStateTrId].filter(
    (trId) => trId !== undefined,
  );
  return [
    ...ofSymbol.map((trId) => ({ trId, trKey: symbol })),
    // Last: a wrong HTS id makes KIS drop the socket.
    ...(settings.htsId === '' ? [] : [{ trId: feedTrIds.notice, trKey: settings.htsId }]),
  ];
}

async function ask(
  session: FeedSession,
  options: WatchOptions,
  register: boolean,
): Promise<readonly FeedSightAnswer[]> {
  const { settings, approvalKey, clock } = options;
  const answers: FeedSightAnswer[] = [];
  for (const registration of wanted(options)) {
    if (!session.isOpen) break;
    const text = registerMessage(settings, { approvalKey, register, ...registration });
    const answer = await session.ask(text, registration);
    answers.push({
      trId: registration.trId,
      verdict: answer === undefined ? undefined : judgeFeedAnswer(answer.code),
      code: answer?.code ?? '',
      message: answer?.message ?? '',
      encrypt: answer?.encrypt ?? '',
    });
    await clock.sleep(settings.profile.registerSpacingMs, options.signal);
  }
  if (answers.length === 0) throw new BrokerError('UNAVAILABLE', 'feed: the session ended at once');
  return answers;
}

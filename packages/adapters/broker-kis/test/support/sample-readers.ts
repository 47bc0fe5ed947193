import { kstIso, parseTradeDate } from '@fleet/krx';
import { BrokerError, type OrderBook } from '@fleet/service-layer';
import { judgeOrderReply, judgeReadReply } from '../../src/answers.ts';
import { readApprovalReply, readTokenReply } from '../../src/credentials/oauth-reply.ts';
import { parseBookFrame } from '../../src/feed/book-frame.ts';
import { parseControlMessage } from '../../src/feed/control-message.ts';
import { judgeFeedAnswer } from '../../src/feed/feed-answers.ts';
import { FeedListeners } from '../../src/feed/feed-events.ts';
import { FrameRouter } from '../../src/feed/frame-router.ts';
import { type DataFrame, type Parsed, parseFrame } from '../../src/feed/frame.ts';
import { parseMarketStateFrame } from '../../src/feed/market-state-frame.ts';
import { decryptFrame } from '../../src/feed/notice-cipher.ts';
import { parseNoticeFrame } from '../../src/feed/notice-frame.ts';
import { parseTradeFrame } from '../../src/feed/trade-frame.ts';
import { MASTER_LAYOUTS } from '../../src/master/master-layout.ts';
import { instrumentOf } from '../../src/master/instrument-of.ts';
import { parseMaster } from '../../src/master/parse-master.ts';
import { unpackMaster } from '../../src/master/unpack-master.ts';
import { orderNumberOf } from '../../src/orders/order-number.ts';
import { LIVE_PROFILE } from '../../src/profile.ts';
import { parseReply, textField } from '../../src/rest/fields.ts';
import { parseEnvelope, type ReplyRow, rowsOf } from '../../src/rest/envelope.ts';

/** From a sample's bytes to values that a table can state. */
export type Read = (bytes: Buffer) => unknown;

export type SampleRow =
  | { readonly reads: Read; readonly gives: unknown }
  /** The adapter's own request has the sample's keys, and these that KIS wants since. */
  | { readonly asks: () => object; readonly also?: readonly string[] }
  | { readonly notOurs: string };

export const SAMPLE_DAY = parseTradeDate('2026-05-27');

/** Decimals as text, so that a table can state them. */
const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value ?? null));

const textOf = (bytes: Buffer): string => bytes.toString('utf8').trimEnd();

function envelopeOf(bytes: Buffer) {
  const envelope = parseEnvelope(textOf(bytes));
  if (envelope === undefined) throw new Error('not a reply');
  return envelope;
}

function frameOf(text: string): DataFrame {
  const frame = parseFrame(text);
  if (frame === undefined) throw new Error('not a frame');
  return frame;
}

/** A read's reply, through its judge and its parser; a BrokerError shows as its code. */
export function reply(parse: (body: ReplyRow) => unknown): Read {
  return (bytes) => {
    const envelope = envelopeOf(bytes);
    // Two published replies have lost their rt_cd.
    const complete = { ...envelope, resultCode: envelope.resultCode || '0' };
    if (judgeReadReply(200, complete).verdict !== 'ok') throw new Error('not a success');
    try {
      return plain(parse(envelope.body));
    } catch (error) {
      if (error instanceof BrokerError) return error.code;
      throw error;
    }
  };
}

/** [verdict, code, branch, number] of order replies: one, or a list of them. */
export const orderReply: Read = (bytes) => {
  const parsed: unknown = JSON.parse(textOf(bytes));
  const replies = Array.isArray(parsed) ? parsed : [parsed];
  const found = replies.map((one) => {
    const envelope = parseEnvelope(JSON.stringify(one));
    const { verdict, code } = judgeOrderReply(200, envelope);
    const [row] = rowsOf(envelope?.body['output']);
    return [
      verdict,
      code,
      row?.['krx_fwdg_ord_orgno'],
      orderNumberOf(parseReply(textField, row?.['odno'], 'odno')),
    ].map(String);
  });
  return found.length === 1 ? found[0] : found;
};

/** [order verdict, read verdict, code] of a refusal. */
export const refusal =
  (status: number): Read =>
  (bytes) => {
    const envelope = envelopeOf(bytes);
    const read = judgeReadReply(status, envelope);
    return [judgeOrderReply(status, envelope).verdict, read.verdict, read.code];
  };

const httpReply = (bytes: Buffer) =>
  ({ kind: 'reply', status: 200, headers: {}, body: bytes }) as const;

export const token: Read = (bytes) => readTokenReply(httpReply(bytes));
export const approvalKey: Read = (bytes) => readApprovalReply(httpReply(bytes));

/** [verdict, code, TR, key, whether a secret came] for each line. */
export const controls: Read = (bytes) => {
  const texts = textOf(bytes).startsWith('{\n') ? [textOf(bytes)] : textOf(bytes).split('\n');
  return texts.map((text) => {
    const message = parseControlMessage(text);
    if (message?.kind !== 'answer') return message?.kind;
    const { code, trId, trKey, secret } = message;
    return [judgeFeedAnswer(code), code, trId, trKey, secret !== undefined];
  });
};

/** Records of every line; a reject fails. */
const recordsOf =
  <T>(parse: (frame: DataFrame) => Parsed<T>) =>
  (show: (found: readonly T[]) => unknown): Read =>
  (bytes) => {
    const found = textOf(bytes)
      .split('\n')
      .flatMap((line) => {
        const parsed = parse(frameOf(line));
        if (parsed.rejects.length > 0) throw new Error('a record is rejected');
        return parsed.records;
      });
    return plain(show(found));
  };

export const ticks = recordsOf(parseTradeFrame);
export const books = recordsOf((frame) => parseBookFrame(frame, SAMPLE_DAY));
export const marketStates = recordsOf(parseMarketStateFrame);
export const quotes = recordsOf<{ readonly symbol: string }>((frame) =>
  frame.trId === 'H0STCNT0' ? parseTradeFrame(frame) : parseBookFrame(frame, SAMPLE_DAY),
);

const sum = (levels: OrderBook['asks']): number => levels.reduce((all, { size }) => all + size, 0);

/** [time, best ask, its size, best bid, its size, all asked, all bid]. */
export function bookLine({ at, asks, bids }: OrderBook): unknown {
  const [ask, bid] = [asks[0], bids[0]];
  const time = kstIso(at).slice(11, 19);
  return [time, ask?.price, ask?.size, bid?.price, bid?.size, sum(asks), sum(bids)];
}

/** What the feed does with a frame of a TR that nobody registers: counted and left out. */
export const unknownFrame: Read = (bytes) => {
  const router = new FrameRouter({
    profile: LIVE_PROFILE,
    account: { number: '50012345', product: '01' },
    events: new FeedListeners(),
    today: () => SAMPLE_DAY,
    standingOf: () => 'wanted',
  });
  router.route(textOf(bytes));
  return [...router.rejects()];
};

export const notice: Read = (bytes) => {
  const { records, rejects } = parseNoticeFrame(frameOf(`0|H0STCNI0|001|${textOf(bytes)}`));
  return plain([...records, ...rejects]);
};

/** [kind, order number, shares] of notices that come with their key. */
export const encryptedNotices: Read = (bytes) => {
  const example: { key: string; iv: string; cases: readonly { frame: string }[] } = JSON.parse(
    textOf(bytes),
  );
  return example.cases.map(({ frame }) => {
    const opened = decryptFrame(frameOf(frame), example);
    const found = opened === undefined ? undefined : parseNoticeFrame(opened).records[0]?.notice;
    return [found?.kind, found?.orderNumber, found?.quantity];
  });
};

/** [symbol, name, kind, reference price, previous volume] of every record. */
export const master =
  (market: 'KOSPI' | 'KOSDAQ'): Read =>
  (bytes) => {
    const parsed = parseMaster(unpackMaster(bytes), MASTER_LAYOUTS[market]);
    if (parsed.rejectedLines > 0) throw new Error('rejected lines');
    return parsed.records.map((record) => {
      const one = instrumentOf(record, market, SAMPLE_DAY);
      return [one?.symbol, one?.name, one?.kind, String(one?.referencePrice), one?.previousVolume];
    });
  };

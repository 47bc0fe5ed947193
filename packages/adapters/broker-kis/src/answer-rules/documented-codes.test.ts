import { describe, expect, it } from '@jest/globals';
import { describeWithSamples, sampleBytes } from '../../test/support/samples.ts';
import { CODE_RULES, judgeOrderReply, judgeReadReply } from '../answers.ts';
import { FEED_CODES, judgeFeedAnswer } from '../feed/feed-answers.ts';
import { parseEnvelope } from '../rest/envelope.ts';

/** 'EGW00102-05 IGW00002' → every single code. */
function expand(codes: string): readonly string[] {
  return codes.split(' ').flatMap((range) => {
    const [from = '', until] = range.split('-');
    if (until === undefined) return [from];
    const stem = from.slice(0, -until.length);
    const first = Number(from.slice(-until.length));
    return Array.from(
      { length: Number(until) - first + 1 },
      (_, index) => stem + String(first + index).padStart(until.length, '0'),
    );
  });
}

/** Every code of KIS's documents: what is the matter, and what it does to an order and to a read. */
const DOCUMENTED: readonly (readonly [what: string, codes: string, order: string, read: string])[] =
  [
    ['something is broken on the way', 'EGW00001-2 EGW00202-4 EGW00300', 'unknown', 'retry'],
    ['look at the last transaction', 'EGW00301-2', 'unknown', 'retry'],
    ['may not', 'EGW00003-4 EGW00206', 'rejected', 'AUTHENTICATION'],
    ['badly asked', 'EGW00101 EGW00106-11 EGW00113-4 EGW00118-20', 'rejected', 'REFUSED'],
    ['key, secret, grant', 'EGW00102-5 EGW00112 EGW00115-7', 'rejected', 'AUTHENTICATION'],
    ['token is over', 'EGW00121-3', 'notExecuted', 'refreshToken'],
    ['session, person, id', 'EGW00124-7 EGW00129-30', 'rejected', 'AUTHENTICATION'],
    ['not this account', 'EGW00128 IGW00002 OPSQ2000 APTR0058', 'rejected', 'WRONG_ACCOUNT'],
    ['hash key, content type', 'EGW00131-2', 'rejected', 'REFUSED'],
    ['too many', 'EGW00133 EGW00201 EGW00215', 'notExecuted', 'throttled'],
    ['kind of token, personal key', 'EGW00205 EGW00304', 'rejected', 'AUTHENTICATION'],
    ['ip, customer type, names', 'EGW00207-13 EGW00303', 'rejected', 'REFUSED'],
    ['not offered', 'EGW00310 EGW02006 OPSQ0002 90000000', 'rejected', 'UNSUPPORTED'],
    ['paper key at the live host', 'EGW02004', 'rejected', 'AUTHENTICATION'],
    ['message to or from the ledger', 'IGW00007 IGW00009', 'unknown', 'retry'],
    ['before and after the ledger', 'OPSQ0001 OPSQ0003-9 OPSQ0010-1', 'unknown', 'retry'],
    ['lines inside', 'OPSQ1002 OPSQ2003 OPSQ3001-2 OPSQ3004', 'unknown', 'retry'],
    ['field, header, body', 'OPSQ2001-2 OPSQ9995-9', 'rejected', 'REFUSED'],
    ['quantity, stock, hours, day', 'APBK0400 APBK0656 APBK0918-9', 'rejected', 'REFUSED'],
    ['cash, amount, shares', 'APBK0952 APBK0955 APBK0957 APBK0988', 'rejected', 'REFUSED'],
    ['nothing left, abroad', 'APBK1234 APBK1359 APBK1664', 'rejected', 'REFUSED'],
    ['education, pension, input', 'APBK1680-1 APBK1744 APMP0001', 'rejected', 'REFUSED'],
    ['no such code, or no hit', 'MCA05918', 'rejected', 'REFUSED'],
    ['nothing to show', 'KIER2620 KIOK0560 70070000', 'rejected', 'noData'],
    ['paper: day and hours', '40100000 40570000 40580000 40490000', 'rejected', 'REFUSED'],
    ['paper: tick, stock, limit', '40030000 40070000 40270000', 'rejected', 'REFUSED'],
    ['paper: shares, cash', '40240000 40250000 40310000', 'rejected', 'REFUSED'],
    ['paper: nothing left, blocked', '40330000 40430000 40910000', 'rejected', 'REFUSED'],
  ];

/** Said with rt_cd 0: done, or here it is. */
const SUCCESSES =
  'APBK0013 KIOK0510 KIOK0530 KIOK0430 MCA00000 APBK2938 APBK1711 40600000 40590000 40620000 40630000 20310000';

const FEED: readonly (readonly [codes: string, verdict: string])[] = [
  ['OPSP0000 OPSP0002', 'registered'],
  ['OPSP0001 OPSP0003', 'unregistered'],
  ['OPSP0008', 'full'],
  ['OPSP0007 OPSP0009 OPSP8999 OPSP9993 OPSP9995', 'failed'],
  ['OPSP0010-1 OPSP8994-6 OPSP9994 OPSP9996', 'sessionRefused'],
  ['OPSP8991-3 OPSP8997-8 OPSP9990-2 OPSP9997-9', 'refused'],
];

const reply = (code: string, resultCode: string) =>
  parseEnvelope(JSON.stringify({ rt_cd: resultCode, msg_cd: code, msg1: '' }));

const documented = DOCUMENTED.flatMap(([, codes]) => expand(codes));
const successes = expand(SUCCESSES);
const feedCodes = FEED.flatMap(([codes]) => expand(codes));

describe('the table of answers', () => {
  it.each(DOCUMENTED)('%s (%s): order %s, read %s', (_, codes, order, read) => {
    for (const code of expand(codes)) {
      // Errors come with 200, 403 and 500, with rt_cd 1, 7 or none.
      for (const status of [200, 403, 500]) {
        for (const resultCode of ['1', '7', '']) {
          const envelope = reply(code, resultCode);
          const answer = judgeReadReply(status, envelope);
          const shown = answer.verdict === 'refused' ? answer.error : answer.verdict;
          expect([code, judgeOrderReply(status, envelope).verdict, shown]).toEqual([
            code,
            order,
            read,
          ]);
        }
      }
    }
  });

  it('takes a code of success for one with rt_cd 0 and HTTP 200 only', () => {
    for (const code of [...successes, 'KIOK0560']) {
      expect([code, judgeOrderReply(200, reply(code, '0')).verdict]).toEqual([code, 'accepted']);
      expect([code, judgeReadReply(200, reply(code, '0')).verdict]).toEqual([code, 'ok']);
      expect([code, judgeOrderReply(500, reply(code, '0')).verdict]).toEqual([code, 'unknown']);
      expect([code, judgeReadReply(500, reply(code, '0')).verdict]).not.toEqual([code, 'ok']);
    }
  });

  it('has a rule for every documented code, and none for a code that nobody documents', () => {
    expect([...CODE_RULES.keys()].toSorted()).toEqual(documented.toSorted());
    expect([...FEED_CODES].toSorted()).toEqual(feedCodes.toSorted());
  });

  it.each(FEED)('on the feed %s says %s', (codes, verdict) => {
    for (const code of expand(codes))
      expect([code, judgeFeedAnswer(code)]).toEqual([code, verdict]);
  });

  it.each([
    ['조회이후에 자료가 변경되었습니다.(다시 조회하세요)', 'restart', 'UNAVAILABLE'],
    ['모의투자에서는 해당업무가 제공되지 않습니다.', 'refused', 'UNSUPPORTED'],
    ['모의투자 TR 이 아닙니다.', 'refused', 'UNSUPPORTED'],
    ['인증 시점의 계좌번호와 요청 계좌번호가 일치하지 않습니다', 'refused', 'WRONG_ACCOUNT'],
    ['모의투자 주문이 불가한 계좌입니다', 'refused', 'WRONG_ACCOUNT'],
  ])('without a code, %s: read %s, %s', (message, verdict, error) => {
    const envelope = parseEnvelope(JSON.stringify({ rt_cd: '1', msg_cd: '', msg1: message }));
    expect(judgeReadReply(200, envelope)).toMatchObject({ verdict, error });
    expect(judgeOrderReply(200, envelope).verdict).toBe('unknown');
  });
});

describeWithSamples('the documents on KIS', () => {
  const CODE =
    /\b(?:EGW\d{5}|IGW\d{5}|OPS[QP]\d{4}|AP(?:BK|TR|MP)\d{4}|KI(?:OK|ER)\d{4}|MCA\d{5})\b/g;
  // On paper eight digits; dates and amounts look alike but for their beginning and end.
  const PAPER = /\b(?:20310000|70070000|90000000|4\d{3}0000)\b/g;
  // 'EGW00102 / 00103', 'APBK1680 / 1681', 'OPSQ9995 … 9999', 'OPSQ0003–0009'.
  const MORE = /\b([A-Z]+)(\d+)((?: ?(?:\/|…|–) ?\d{4,5}\b)+)/g;

  it.each(['auth.md', 'rest.md', 'gotchas.md', 'websocket.md'])(
    '%s names no code that is not in the table',
    (name) => {
      const text = sampleBytes(`kis/${name}`).toString('utf8');
      const found = new Set([...(text.match(CODE) ?? []), ...(text.match(PAPER) ?? [])]);
      for (const [, stem = '', first = '', others = ''] of text.matchAll(MORE)) {
        for (const other of others.match(/\d+/g) ?? []) {
          if (other.length === first.length && `${stem}${first}`.match(CODE))
            found.add(stem + other);
        }
      }
      const known = new Set([...documented, ...successes, ...feedCodes]);
      expect([...found].filter((code) => !known.has(code))).toEqual([]);
      expect(found.size).toBeGreaterThan(5);
    },
  );
});

import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { BUSINESS_RULES } from './answer-rules/business.ts';
import { GATEWAY_RULES } from './answer-rules/gateway.ts';
import { CODE_RULES, judgeOrderReply, judgeReadReply } from './answers.ts';
import { parseEnvelope } from './rest/envelope.ts';

const reply = (code: string, resultCode = '1', message = '') =>
  parseEnvelope(JSON.stringify({ rt_cd: resultCode, msg_cd: code, msg1: message }));

describe('what an answer means', () => {
  it.each([
    // HTTP, rt_cd, msg_cd, order, read
    [200, '0', 'APBK0013', 'accepted', 'ok'],
    [200, '0', '40600000', 'accepted', 'ok'],
    [200, '0', '40630000', 'accepted', 'ok'],
    [200, '0', 'KIOK0560', 'accepted', 'ok'],
    [500, '0', 'APBK0013', 'unknown', 'retry'],
    [500, '1', 'EGW00121', 'notExecuted', 'refreshToken'],
    [500, '1', 'EGW00122', 'notExecuted', 'refreshToken'],
    [500, '1', 'EGW00123', 'notExecuted', 'refreshToken'],
    [200, '1', 'EGW00123', 'notExecuted', 'refreshToken'],
    [500, '1', 'EGW00201', 'notExecuted', 'throttled'],
    [500, '1', 'EGW00215', 'notExecuted', 'throttled'],
    [500, '1', 'EGW00301', 'unknown', 'retry'],
    [500, '1', 'EGW00302', 'unknown', 'retry'],
    [500, '1', 'IGW00007', 'unknown', 'retry'],
    [500, '1', 'IGW00009', 'unknown', 'retry'],
    [500, '1', 'EGW00001', 'unknown', 'retry'],
    [500, '1', 'OPSQ0001', 'unknown', 'retry'],
    [500, '1', 'EGW02004', 'rejected', 'refused'],
    [500, '1', 'EGW02006', 'rejected', 'refused'],
    [200, '7', 'APBK0952', 'rejected', 'refused'],
    [200, '1', 'APBK0919', 'rejected', 'refused'],
    [200, '1', '40100000', 'rejected', 'refused'],
    [200, '1', '40330000', 'rejected', 'refused'],
    [200, '1', '40999999', 'rejected', 'refused'],
    [500, '1', '40999999', 'unknown', 'retry'],
    [200, '1', 'EGW99999', 'unknown', 'refused'],
    [200, '1', '', 'unknown', 'refused'],
    [200, '', 'APBK0952', 'rejected', 'refused'],
    [200, '1', 'KIER2620', 'rejected', 'noData'],
    [200, '1', '70070000', 'rejected', 'noData'],
  ])('HTTP %i, rt_cd %j, %s: order %s, read %s', (status, resultCode, code, order, read) => {
    expect(judgeOrderReply(status, reply(code, resultCode)).verdict).toBe(order);
    expect(judgeReadReply(status, reply(code, resultCode)).verdict).toBe(read);
  });

  it.each([
    [500, '', 'unknown', 'retry'],
    [502, '<html>bad gateway</html>', 'unknown', 'retry'],
    [200, '<html>', 'unknown', 'retry'],
    [404, 'not found', 'unknown', 'refused'],
    [403, '', 'unknown', 'refused'],
    [429, '', 'notExecuted', 'throttled'],
    [200, '[]', 'unknown', 'retry'],
    [200, '{"rt_cd":"0","RT_CD":"1"}', 'unknown', 'retry'],
  ])('HTTP %i with the body %j: order %s, read %s', (status, body, order, read) => {
    expect(judgeOrderReply(status, parseEnvelope(body)).verdict).toBe(order);
    expect(judgeReadReply(status, parseEnvelope(body)).verdict).toBe(read);
  });

  it.each([
    ['EGW02004', 'AUTHENTICATION'],
    ['EGW00103', 'AUTHENTICATION'],
    ['EGW02006', 'UNSUPPORTED'],
    ['90000000', 'UNSUPPORTED'],
    ['IGW00002', 'WRONG_ACCOUNT'],
    ['APTR0058', 'WRONG_ACCOUNT'],
    ['APBK0656', 'REFUSED'],
  ])('tells why a read was refused: %s is %s', (code, error) => {
    expect(judgeReadReply(200, reply(code))).toMatchObject({ verdict: 'refused', error, code });
  });

  it('knows the messages that come without a code of their own', () => {
    const changed = '조회이후에 자료가 변경되었습니다.(다시 조회하세요)';
    const unsupported = '모의투자에서는 해당업무가 제공되지 않습니다.';
    expect(judgeReadReply(200, reply('XXXX0000', '1', changed)).verdict).toBe('restart');
    expect(judgeReadReply(200, reply('XXXX0000', '1', unsupported)).error).toBe('UNSUPPORTED');
  });

  it('reads the token endpoints’ spelling too', () => {
    const text =
      '{"error_description":"접근토큰 발급 잠시 후 다시 시도하세요(1분당 1회)","error_code":"EGW00133"}';
    expect(judgeReadReply(403, parseEnvelope(text))).toMatchObject({
      verdict: 'throttled',
      code: 'EGW00133',
    });
  });

  it('never takes a doubtful reply for accepted or rejected', () => {
    const codes = fc.oneof(
      fc.constantFrom(...CODE_RULES.keys()),
      fc.stringMatching(/^(EGW|IGW|OPSQ|OPSP)\d{4,5}$/),
      fc.string(),
    );
    fc.assert(
      fc.property(
        fc.integer({ min: 100, max: 599 }),
        fc.string(),
        codes,
        (status, resultCode, code) => {
          const { verdict } = judgeOrderReply(status, reply(code, resultCode));
          const listed = CODE_RULES.get(code.trim())?.order;
          const isPlain = status === 200 && !/^(EGW|IGW|OPS)/.test(code);
          const isCertain = {
            accepted: status === 200 && resultCode.trim() === '0',
            rejected: listed === 'rejected' || isPlain,
            notExecuted: listed === 'notExecuted' || status === 429,
            unknown: true,
          };
          expect(isCertain[verdict]).toBe(true);
        },
      ),
    );
  });

  it('lists no code twice', () => {
    const codes = [...GATEWAY_RULES, ...BUSINESS_RULES].map(([code]) => code);
    expect(codes.toSorted()).toEqual([...CODE_RULES.keys()].toSorted());
  });
});

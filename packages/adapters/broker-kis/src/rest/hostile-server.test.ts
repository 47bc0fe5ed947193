import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { parseTradeDate } from '@fleet/krx';
import { BrokerError } from '@fleet/service-layer';
import * as fc from 'fast-check';
import { makeTestAdapter, makeTicket } from '../../test/support/adapter-kit.ts';
import { FakeKisServer, type Reply } from '../../test/support/fake-kis-server.ts';

const DAY = parseTradeDate('2026-03-12');
const ACCOUNT = '50012345-01';
const TRADING = '/uapi/domestic-stock/v1/trading';

const orderRow = (number: number) => ({
  ord_dt: '20260312',
  ord_gno_brno: '00950',
  odno: String(number).padStart(10, '0'),
  orgn_odno: '',
  sll_buy_dvsn_cd: '02',
  pdno: '005930',
  ord_qty: '10',
  ord_unpr: '70000',
  ord_tmd: '093001',
  ord_dvsn_cd: '00',
  tot_ccld_qty: '0',
  tot_ccld_amt: '0',
  rmn_qty: '10',
  rjct_qty: '0',
});

/** What KIS could say of a page, or what it says instead. */
const page = fc.record({
  rows: fc.nat(3),
  more: fc.constantFrom('F', 'M', 'D', 'E', '', undefined),
  key: fc.constantFrom('A', 'B', 'C', ''),
  instead: fc.constantFrom('changed', 'broken', ...Array.from({ length: 8 }, () => undefined)),
});

const CHANGED = '조회이후에 자료가 변경되었습니다.(다시 조회하세요)';

describe('a server that says anything', () => {
  let server: FakeKisServer;
  let kit: ReturnType<typeof makeTestAdapter>;

  beforeEach(async () => {
    server = await new FakeKisServer().start();
    kit = makeTestAdapter(server.url);
  });
  afterEach(async () => {
    await kit.adapter.close();
    await server.stop();
  });

  it('has its order list read to an end that it told, or not at all', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(page, { minLength: 1, maxLength: 6 }), async (pages) => {
        let calls = 0;
        let number = 0;
        // The last answers that were given since reading began anew.
        let given: { rows: number; saysMore: boolean; number: number }[] = [];
        server.routes.set(`${TRADING}/inquire-daily-ccld`, (call): Reply => {
          const { rows, more, key, instead } = pages[Math.min(calls, pages.length - 1)] ?? {
            rows: 0,
            more: 'D',
            key: '',
            instead: undefined,
          };
          calls += 1;
          if (call.headers['tr_cont'] !== 'N') given = [];
          if (instead === 'changed') return { body: { rt_cd: '1', msg_cd: '', msg1: CHANGED } };
          if (instead === 'broken') return { status: 200, body: '{"rt_cd":"0","output1":[{' };
          const lines = Array.from({ length: rows }, () => orderRow((number += 1)));
          const saysMore = (more === 'F' || more === 'M') && key !== '';
          given.push({ rows, saysMore, number });
          return {
            ...(more === undefined ? {} : { headers: { tr_cont: more } }),
            body: { rt_cd: '0', output1: lines, ctx_area_fk100: 'F', ctx_area_nk100: key },
          };
        });
        const outcome = await kit.adapter.broker.getOrders(ACCOUNT, DAY).then(
          ({ orders }) => orders.length,
          (error: unknown) => error,
        );
        expect(calls).toBeLessThan(60);
        // Empty pages repeat themselves to the letter; that is the end, too.
        const isComplete =
          typeof outcome === 'number' &&
          given.reduce((sum, { rows }) => sum + rows, 0) === outcome &&
          (given.at(-1)?.saysMore === false || given.at(-1)?.rows === 0);
        expect(isComplete || outcome instanceof BrokerError).toBe(true);
      }),
      { numRuns: 150 },
    );
  }, 60_000);

  it('never makes a read throw anything but a BrokerError, nor an order anything at all', async () => {
    const reply = fc.record({
      status: fc.constantFrom(200, 200, 201, 204, 301, 400, 403, 404, 429, 500, 502, 503),
      headers: fc.dictionary(
        fc.constantFrom('tr_cont', 'tr_id', 'content-type', 'x-any', 'set-cookie', 'location'),
        fc.stringMatching(/^[\x21-\x7e]{0,20}$/),
      ),
      bytes: fc.oneof(
        fc.uint8Array({ maxLength: 200 }),
        fc.json().map((text) => Buffer.from(text)),
        fc
          .record({
            rt_cd: fc.constantFrom('0', '1', '7', ''),
            msg_cd: fc.constantFrom('APBK0013', 'EGW00201', 'EGW00123', 'IGW00007', 'XXXX'),
            output: fc.oneof(fc.json(), fc.constant({ ODNO: '12', ORD_TMD: '1' })),
          })
          .map((body) => Buffer.from(JSON.stringify(body))),
      ),
    });
    await fc.assert(
      fc.asyncProperty(reply, async (said) => {
        for (const name of ['inquire-balance', 'order-cash', 'inquire-psbl-order']) {
          server.routes.set(`${TRADING}/${name}`, () => said);
        }
        const balance = await kit.adapter.broker.getCash(ACCOUNT).catch((error: unknown) => error);
        expect(balance instanceof BrokerError || 'cashDeposit' in Object(balance)).toBe(true);
        const { kind } = await kit.adapter.broker.placeOrder(makeTicket());
        expect(['accepted', 'rejected', 'notExecuted', 'unknown', 'notSent']).toContain(kind);
        const body = said.bytes.toString();
        const isAccepted = said.status === 200 && /"rt_cd":"0"/.test(body) && /ODNO/.test(body);
        expect(kind === 'accepted' ? isAccepted : true).toBe(true);
      }),
      { numRuns: 150 },
    );
  }, 60_000);
});

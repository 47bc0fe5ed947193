import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type Client, WebSocketFixture } from './websocket-fixture.ts';

let fixture: WebSocketFixture;
let client: Client;

beforeEach(async () => {
  fixture = await WebSocketFixture.start();
  client = await fixture.connect();
});
afterEach(() => fixture.stop());

describe('registration', () => {
  it('is acknowledged with an iv of 16 and a key of 32 characters', async () => {
    const ack = await client.ask('H0STCNT0', '005930');
    expect(ack).toEqual({
      header: { tr_id: 'H0STCNT0', tr_key: '005930', encrypt: 'N' },
      body: {
        rt_cd: '0',
        msg_cd: 'OPSP0000',
        msg1: 'SUBSCRIBE SUCCESS',
        output: { iv: expect.stringMatching(/^.{16}$/), key: expect.stringMatching(/^.{32}$/) },
      },
    });
    expect(fixture.exchange.watched).toEqual(['005930']);
  });

  it('says Y for notices and keeps one key pair for the session', async () => {
    const trades = await client.ask('H0STCNT0', '005930');
    const notices = await client.ask('H0STCNI0', 'tester01');
    expect(notices.header.encrypt).toBe('Y');
    expect(notices.body.output).toEqual(trades.body.output);
  });

  it('ends on request, and only once', async () => {
    await client.ask('H0STCNT0', '005930');
    const first = await client.ask('H0STCNT0', '005930', { tr_type: '2' });
    const second = await client.ask('H0STCNT0', '005930', { tr_type: '2' });
    expect([first.body.msg_cd, first.body.msg1]).toEqual(['OPSP0001', 'UNSUBSCRIBE SUCCESS']);
    expect([second.body.rt_cd, second.body.msg_cd]).toEqual(['1', 'OPSP0003']);
    expect(fixture.exchange.watched).toEqual([]);
  });

  it('watches a symbol once for several TRs, until the last one ends', async () => {
    await client.ask('H0STCNT0', '005930');
    await client.ask('H0STASP0', '005930');
    expect(fixture.exchange.watched).toEqual(['005930']);
    await client.ask('H0STCNT0', '005930', { tr_type: '2' });
    expect(fixture.exchange.watched).toEqual(['005930']);
    await client.ask('H0STASP0', '005930', { tr_type: '2' });
    expect(fixture.exchange.watched).toEqual([]);
  });

  it.each(['/', '/tryitout', '/tryitout/H0STCNT0'])('is taken on the path %s', async (path) => {
    const other = await fixture.connect(path);
    const ack = await other.ask('H0STCNT0', '005930', { tr_type: '9' });
    expect(ack.body.msg_cd).toBe('OPSP8997');
  });

  it('refuses the 42nd registration over all TRs', async () => {
    const asked: [string, string][] = [['H0STCNI0', 'tester01']];
    for (let index = 0; index < 20; index += 1) {
      const symbol = String(100_000 + index);
      asked.push(['H0STCNT0', symbol], ['H0STASP0', symbol]);
    }
    for (const [trId, trKey] of asked) {
      expect((await client.ask(trId, trKey)).body.msg_cd).toBe('OPSP0000');
    }
    const refused = await client.ask('H0STCNT0', '005930');
    expect(refused).toEqual({
      header: { tr_id: 'H0STCNT0', tr_key: '005930', encrypt: 'N' },
      body: { rt_cd: '1', msg_cd: 'OPSP0008', msg1: 'MAX SUBSCRIBE OVER' },
    });
  });
});

describe('a message that cannot be taken', () => {
  it.each([
    ['again', 'OPSP0002', (c: Client) => c.message('H0STCNT0', '000660')],
    ['of an unknown TR', 'OPSP8991', (c: Client) => c.message('H0STXXX0', '005930')],
    ['of paper notices', 'OPSP8991', (c: Client) => c.message('H0STCNI9', 'tester01')],
    ['with a bad key', 'OPSP8992', (c: Client) => c.message('H0STCNT0', '5930')],
    ['with a blank key', 'OPSP8992', (c: Client) => c.message('H0STCNT0', '')],
    ['of a bad type', 'OPSP8997', (c: Client) => c.message('H0STCNT0', '005930', { tr_type: '3' })],
    ['of a bad customer', 'OPSP8998', (c: Client) => c.message('H0STCNT0', '1', { custtype: 'X' })],
    ['without body', 'OPSP9992', () => ({ header: {} })],
    ['without input', 'OPSP9991', () => ({ header: {}, body: {} })],
    ['without approval key', 'OPSP9996', () => ({ header: {}, body: { input: {} } })],
    ['without header', 'OPSP9998', () => ({ body: { input: {} } })],
    ['that is not JSON', 'OPSP9999', () => 'hello'],
  ])('%s is answered %s', async (_name, code, message) => {
    await client.ask('H0STCNT0', '000660');
    client.send(message(client));
    const { body } = await client.nextJson();
    expect([body.rt_cd, body.msg_cd]).toEqual(['1', code]);
    expect(body.output).toBeUndefined();
  });

  it('with an unknown approval key is answered OPSP0011', async () => {
    const ack = await client.ask('H0STCNT0', '005930', { approval_key: 'nobody' });
    expect(ack.body).toMatchObject({ rt_cd: '1', msg_cd: 'OPSP0011' });
  });

  it('with a wrong HTS id ends the connection without a close frame', async () => {
    client.send(client.message('H0STCNI0', 'stranger'));
    expect(await client.closed).toBe(1006);
  });
});

describe('the one session of an app key', () => {
  it('refuses a second one and closes it without a close frame', async () => {
    await client.ask('H0STCNT0', '005930');
    const second = await fixture.connect();
    const ack = await second.ask('H0STCNT0', '005930');
    expect(ack).toEqual({
      header: { tr_id: '(null)', tr_key: '', encrypt: 'N' },
      body: { rt_cd: '9', msg_cd: 'OPSP8996', msg1: 'ALREADY IN USE appkey' },
    });
    expect(await second.closed).toBe(1006);
  });

  it('is free at once after an orderly close', async () => {
    await client.ask('H0STCNT0', '005930');
    client.socket.close();
    await client.closed;
    const second = await fixture.connect();
    expect((await second.ask('H0STCNT0', '005930')).body.msg_cd).toBe('OPSP0000');
  });

  it('stays taken for five market seconds after a drop', async () => {
    await client.ask('H0STCNT0', '005930');
    client.socket.terminate();
    await client.closed;
    await untilGone(fixture);
    const early = await fixture.connect();
    expect((await early.ask('H0STCNT0', '005930')).body.msg_cd).toBe('OPSP8996');
    fixture.exchange.instant += 5000;
    const late = await fixture.connect();
    expect((await late.ask('H0STCNT0', '005930')).body.msg_cd).toBe('OPSP0000');
  });

  it('outlives its approval key, which opens no new one after a day', async () => {
    await client.ask('H0STCNT0', '005930');
    fixture.exchange.instant += 24 * 3_600_000;
    expect((await client.ask('H0STCNT0', '000660')).body.msg_cd).toBe('OPSP0000');
    client.socket.close();
    await client.closed;
    const second = await fixture.connect();
    expect((await second.ask('H0STCNT0', '005930')).body.msg_cd).toBe('OPSP0011');
  });
});

describe('PINGPONG', () => {
  it('goes out every eleven seconds with the market time', async () => {
    fixture.real.advance(11_000);
    expect(await client.next()).toBe('{"header":{"tr_id":"PINGPONG","datetime":"20260312101530"}}');
  });

  it.each([
    ['an echoed text', (c: Client, text: string) => c.send(text)],
    ['a pong frame', (c: Client, text: string) => c.socket.pong(text)],
  ])('takes %s as an answer', async (_name, answer) => {
    for (let beat = 0; beat < 8; beat += 1) {
      fixture.real.advance(11_000);
      answer(client, await client.next());
      // The server has read the answer once it acknowledges what came behind it.
      await client.ask('H0STCNT0', '005930', { tr_type: '2' });
    }
    expect(fixture.server.sessions()).toHaveLength(1);
  });

  it('drops a session that answers none for a minute', async () => {
    for (let beat = 0; beat < 7; beat += 1) fixture.real.advance(11_000);
    expect(await client.closed).toBe(1006);
  });
});

/** The server learns of a dropped connection a moment after the client. */
async function untilGone({ server }: WebSocketFixture): Promise<void> {
  while (server.sessions().length > 0) await new Promise((resolve) => setImmediate(resolve));
}

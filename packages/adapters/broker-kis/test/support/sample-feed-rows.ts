import { kstInstant, parseTradeDate } from '@fleet/krx';
import { registerMessage } from '../../src/feed/control-message.ts';
import { testSettings } from './adapter-kit.ts';
import {
  bookLine,
  books,
  controls,
  encryptedNotices,
  marketStates,
  notice,
  quotes,
  type SampleRow,
  ticks,
  unknownFrame,
} from './sample-readers.ts';

const at = (date: string, time: string): number => kstInstant(parseTradeDate(date), time);

const accepted = { kind: 'ACCEPTED', side: 'BUY', quantity: 1 };
const SAMSUNG = { symbol: '005930', halted: false };

/** What the published frames and feed messages say. */
export const FEED_ROWS: Readonly<Record<string, SampleRow>> = {
  'ws.H0STASP0.frame-59col.txt': {
    reads: books((found) => found.map(bookLine)[0]),
    gives: ['12:07:55', '71500', 224_894, '71400', 255_687, 1_420_444, 2_954_464],
  },
  'ws.H0STASP0.frame-62col.txt': {
    reads: books((found) => found.map(bookLine)[0]),
    gives: ['13:14:04', '6140', 81_678, '6130', 1_095, 333_673, 120_091],
  },
  'ws.H0STASP0.portal-example.txt': {
    reads: books((found) => found.map(bookLine)[0]),
    gives: ['09:37:30', '71900', 91_918, '71800', 95_221, 1_159_362, 2_095_167],
  },
  'recorded/ws_h0stasp0_20260608.txt': {
    reads: books(([first, ...others]) => [
      1 + others.length,
      first === undefined ? '' : bookLine(first),
    ]),
    gives: [13, ['11:48:27', '314000', 5_876, '313500', 37_599, 245_385, 182_540]],
  },
  'ws.H0STCNI0.accept-26col.plain.txt': {
    reads: notice,
    gives: [
      {
        account: '1234567801',
        notice: { ...accepted, orderNumber: '18424200', symbol: '004090' },
      },
    ],
  },
  'ws.H0STCNI0.old23.accept.plain.txt': {
    reads: notice,
    gives: [
      { account: '1234567801', notice: { ...accepted, orderNumber: '2891', symbol: '136480' } },
    ],
  },
  'ws.H0STCNI0.old23.fill.plain.txt': {
    reads: notice,
    gives: [
      {
        account: '1234567801',
        notice: { ...accepted, kind: 'FILL', orderNumber: '2891', symbol: '136480' },
      },
    ],
  },
  'ws.H0STCNI0.aes-worked-example.json': {
    reads: encryptedNotices,
    gives: [
      ['ACCEPTED', '2891', 1],
      ['FILL', '2891', 1],
    ],
  },
  'ws.H0STCNT0.frame-3rec.txt': {
    reads: ticks((found) => [found.length, found[0]]),
    gives: [
      3,
      {
        symbol: '000400',
        at: at('2026-02-23', '13:15:09'),
        price: '2920',
        volume: 3_418,
        dayVolume: 27_066_179,
        bid: '2920',
        ask: '2925',
        askSize: 5_210,
        bidSize: 4_632,
        halted: false,
      },
    ],
  },
  'ws.H0STCNT0.portal-example.txt': {
    reads: ticks((found) => found[0]),
    gives: {
      ...SAMSUNG,
      at: at('2023-06-12', '09:33:54'),
      price: '71900',
      volume: 1,
      dayVolume: 3_052_507,
      bid: '71800',
      ask: '71900',
      askSize: 65_945,
      bidSize: 216_924,
    },
  },
  'recorded/ws_h0stcnt0_20260608.txt': {
    // 14 frames; each trade's volume is the step of the day's volume.
    reads: ticks((found) => {
      const steps = found
        .slice(1)
        .map(({ dayVolume }, index) => dayVolume - (found[index]?.dayVolume ?? 0));
      const isRunning = steps.every((step, index) => step === found[index + 1]?.volume);
      return [found.length, found[0]?.dayVolume, isRunning];
    }),
    gives: [40, 21_357_216, true],
  },
  'recorded/ws_other_frames.txt': {
    reads: quotes((found) => found.length),
    gives: 6,
  },
  'ws.H0STMKO0.portal-example.txt': {
    reads: marketStates((found) => found),
    gives: [
      {
        symbol: '396300',
        halted: false,
        haltReason: '',
        volatilityInterrupted: false,
        afterHoursInterrupted: false,
        code: '311',
      },
    ],
  },
  'ws.H0STOAC0.portal-example.txt': { reads: unknownFrame, gives: [['UNKNOWN_TR', 1]] },
  'ws.H0STPGM0.portal-example.txt': { reads: unknownFrame, gives: [['UNKNOWN_TR', 1]] },
  'ws.PINGPONG.txt': { reads: controls, gives: ['ping'] },
  'ws.already-in-use.json': {
    reads: controls,
    gives: [['sessionRefused', 'OPSP8996', '', '', false]],
  },
  'ws.invalid-approval.json': {
    reads: controls,
    gives: [['sessionRefused', 'OPSP0011', '', '', false]],
  },
  'ws.subscribe.ack.json': {
    reads: controls,
    gives: [['registered', 'OPSP0000', 'H0STCNT0', '005930', true]],
  },
  'ws.subscribe.max-over.json': {
    reads: controls,
    gives: [['full', 'OPSP0008', 'HDFSASP0', 'DNASBKNG', false]],
  },
  'ws.subscribe.req.json': {
    asks: () => {
      const fields = { approvalKey: '', register: true, trId: '', trKey: '' };
      const message: object = JSON.parse(registerMessage(testSettings(''), fields));
      return message;
    },
  },
  'ws.unsubscribe-not-found.json': {
    reads: controls,
    gives: [['unregistered', 'OPSP0003', '', '', false]],
  },
  'recorded/ws_control_20260608.txt': {
    reads: controls,
    gives: ['H0STASP0', 'H0STCNT0', 'H0STMBC0'].map((trId) => [
      'registered',
      'OPSP0000',
      trId,
      '005930',
      true,
    ]),
  },
};

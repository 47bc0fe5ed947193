import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { unzipSync } from 'fflate';
import iconv from 'iconv-lite';
import { isinOf } from '../../src/masters/instrument-codes.ts';
import { padded } from '../../src/masters/fixed-width.ts';
import { RestFixture } from './rest-fixture.ts';

let rest: RestFixture;
beforeAll(async () => {
  rest = await RestFixture.start({ withToken: false });
});
afterAll(() => rest.stop());

describe('master files', () => {
  it.each([
    ['kospi_code.mst', 288, ['005930', '005935', '069500', 'Q500001']],
    ['kosdaq_code.mst', 282, ['0001S0']],
    ['konex_code.mst', 245, ['123450']],
  ])('%s has records of %d bytes, sorted by code', async (name, width, symbols) => {
    const lines = records(await download(name), width);
    expect(lines.map((line) => line.subarray(0, 9).toString('ascii').trim())).toEqual(symbols);
  });

  it('are the same inside their zip', async () => {
    const zipped = unzipSync(await download('kospi_code.mst.zip'));
    expect(Object.keys(zipped)).toEqual(['kospi_code.mst']);
    const inner = Buffer.from(zipped['kospi_code.mst']!);
    expect(inner.equals(await download('kospi_code.mst'))).toBe(true);
  });

  it('have their fields at the documented offsets of kospi_code.mst', async () => {
    const [stock, preferred, etf] = records(await download('kospi_code.mst'), 288);
    expect(field(stock, 9, 12)).toBe('KR7005930003');
    expect(field(stock, 21, 40)).toBe(`한빛전자${' '.repeat(32)}`);
    expect([field(stock, 61, 2), field(etf, 61, 2)]).toEqual(['ST', 'EF']);
    expect(field(stock, 102, 9)).toBe('000070000');
    expect(field(stock, 121, 3)).toBe('NNN');
    expect(field(stock, 135, 7)).toBe('020Y090');
    expect(field(stock, 142, 12)).toBe('000000240000');
    expect(field(stock, 166, 8)).toBe('19750611');
    expect(field(stock, 174, 15)).toBe('000000005969782');
    expect([field(stock, 219, 1), field(preferred, 219, 1)]).toEqual(['0', '1']);
    expect(field(stock, 273, 9)).toBe('004178847');
  });

  it('have their fields at the documented offsets of kosdaq_code.mst', async () => {
    const [stock] = records(await download('kosdaq_code.mst'), 282);
    const fieldOf = (offset: number, width: number) => field(stock, offset, width);
    expect([fieldOf(61, 2), fieldOf(97, 9), fieldOf(137, 12), fieldOf(161, 8)]).toEqual([
      'ST',
      '000070000',
      '000000240000',
      '19750611',
    ]);
    expect([fieldOf(169, 15), fieldOf(214, 1), fieldOf(267, 9)]).toEqual([
      '000000005969782',
      '0',
      '004178847',
    ]);
  });

  it('have no other names', async () => {
    const { status } = await rest.send('GET', '/common/master/other.mst');
    expect(status).toBe(404);
  });
});

describe('a name that is too long', () => {
  it('is cut at a whole letter and filled up by bytes', () => {
    expect(padded('가나다라', 7)).toEqual({ width: 7, text: '가나다 ' });
  });
});

describe('an ISIN', () => {
  it.each([
    ['005930', 'KR7005930003'],
    ['000020', 'KR7000020008'],
    ['000040', 'KR7000040006'],
    ['000050', 'KR7000050005'],
    ['473440', 'KR7473440006'],
  ])('of %s ends with its check digit', (symbol, isin) => {
    expect(isinOf(symbol)).toBe(isin);
  });
});

function field(line: Buffer | undefined, offset: number, width: number): string {
  return iconv.decode(line!.subarray(offset, offset + width), 'cp949');
}

async function download(name: string): Promise<Buffer> {
  const response = await fetch(`${rest.url}/common/master/${name}`);
  return Buffer.from(await response.arrayBuffer());
}

/** Splits at line feeds, which must come after exactly `width` bytes. */
function records(bytes: Buffer, width: number): Buffer[] {
  expect(bytes.length % (width + 1)).toBe(0);
  const lines = Array.from({ length: bytes.length / (width + 1) }, (_, index) =>
    bytes.subarray(index * (width + 1), (index + 1) * (width + 1)),
  );
  expect(lines.every((line) => line.at(-1) === 0x0a)).toBe(true);
  return lines.map((line) => line.subarray(0, width));
}

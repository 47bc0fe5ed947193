import { BrokerError } from '@fleet/service-layer';
import { type ReplyRow, rowsOf } from './envelope.ts';
import { ChangedWhileReading, type KisReader, type ReadPage } from './kis-reader.ts';
import type { KisRequest } from './kis-rest-client.ts';

/** 200 pages are 3,000 orders on paper and 20,000 live: beyond it KIS is turning in circles. */
const PAGES_MAX = 200;

/**
 * All pages of a list, in order, or an exception: a short list would look like missing orders.
 * Starts over once when KIS says that the data changed. @throws BrokerError
 * @param pageSize rows of a full page
 */
export async function readPages(
  reader: KisReader,
  request: KisRequest,
  pageSize: number,
): Promise<readonly ReplyRow[]> {
  try {
    return await readOnce(reader, request, pageSize);
  } catch (error) {
    if (error instanceof ChangedWhileReading) return await readOnce(reader, request, pageSize);
    throw error;
  }
}

async function readOnce(
  reader: KisReader,
  request: KisRequest,
  pageSize: number,
): Promise<readonly ReplyRow[]> {
  const pages: ReplyRow[] = [];
  // Sent back exactly as received, padding included.
  let keys = { CTX_AREA_FK100: '', CTX_AREA_NK100: '' };
  const asked = new Set<string>();
  while (pages.length < PAGES_MAX) {
    const page = await reader.read({
      ...request,
      query: { ...request.query, ...keys },
      continued: pages.length > 0,
    });
    // Seen with tr_cont stuck at M: the last page again and again.
    if (repeats(pages.at(-1), page)) return pages;
    pages.push(page.body);
    const next = { CTX_AREA_FK100: key(page, 'fk'), CTX_AREA_NK100: key(page, 'nk') };
    if (isLast(page, pageSize) || next.CTX_AREA_NK100.trim() === '') return pages;
    // A page that was read before, or the one before it for ever: KIS is turning in circles.
    if (asked.has(next.CTX_AREA_NK100)) {
      throw new BrokerError('BAD_REPLY', `${request.path}: the paging key does not move`);
    }
    asked.add(next.CTX_AREA_NK100);
    keys = next;
  }
  throw new BrokerError('BAD_REPLY', `${request.path}: more than ${PAGES_MAX} pages`);
}

/** Without a word from KIS, a full page with a key is not taken for the last. */
function isLast(page: ReadPage, pageSize: number): boolean {
  if (page.more !== 'unsaid') return page.more === 'no';
  return rowsOf(page.body['output1']).length < pageSize;
}

function key(page: ReadPage, which: 'fk' | 'nk'): string {
  const value = page.body[`ctx_area_${which}100`];
  return typeof value === 'string' ? value : '';
}

function repeats(previous: ReplyRow | undefined, page: ReadPage): boolean {
  return previous !== undefined && JSON.stringify(previous) === JSON.stringify(page.body);
}

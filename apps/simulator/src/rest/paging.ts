import type { KisRequest } from './request.ts';

/**
 * KIS's continuation: the reply's tr_cont header says M (more), D (all in one page) or E (end); the
 * body's ctx_area keys are sent back with request header tr_cont "N". F is documented for a first
 * page with more, too, but only M is what every published client takes for it: some of KIS's own
 * samples do not know F.
 */
export interface Page<Row> {
  readonly rows: readonly Row[];
  readonly continuation: 'M' | 'D' | 'E';
  readonly ctx_area_fk100: string;
  readonly ctx_area_nk100: string;
}

const WIDTH = 100;

export interface PageQuery<Row> {
  /** What the query asked for; a continued call must ask for the same. */
  readonly conditions: readonly string[];
  readonly rows: readonly Row[];
  /** Stable key of a row: the next page starts behind it whatever was added meanwhile. */
  keyOf(row: Row): string;
  readonly size: number;
}

/** Undefined: the page keys belong to another query ("data changed since the query"). */
export function pageOf<Row>(request: KisRequest, query: PageQuery<Row>): Page<Row> | undefined {
  const conditions = query.conditions.map((each) => (each === '' ? ' ' : each)).join('^');
  const area = `${conditions}^`.slice(0, WIDTH).padEnd(WIDTH);
  const isContinued = request.header('tr_cont') === 'N';
  const sentKey = (request.param('CTX_AREA_NK100') ?? '').trim();
  if (isContinued && sentKey !== '') {
    const sentArea = (request.param('CTX_AREA_FK100') ?? '').trim();
    const last = query.rows.findIndex((row) => query.keyOf(row) === sentKey);
    if (sentArea !== area.trim() || last === -1) return undefined;
    return slice(query, last + 1, area, true);
  }
  return slice(query, 0, area, false);
}

function slice<Row>(
  query: PageQuery<Row>,
  from: number,
  area: string,
  isContinued: boolean,
): Page<Row> {
  const rows = query.rows.slice(from, from + query.size);
  const last = rows.at(-1);
  const hasMore = from + query.size < query.rows.length && last !== undefined;
  return {
    rows,
    continuation: hasMore ? 'M' : isContinued ? 'E' : 'D',
    ctx_area_fk100: area,
    ctx_area_nk100: (hasMore ? query.keyOf(last) : '').padEnd(WIDTH),
  };
}

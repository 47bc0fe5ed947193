import type { Endpoint, EndpointContext, PaperSupport } from '../endpoint.ts';
import { BAD_SYMBOL } from '../messages.ts';
import { NXT, untraded } from '../nxt-market.ts';
import { type QuoteView, quoteView } from '../quote-view.ts';
import { type KisReply, reply } from '../reply.ts';
import type { KisRequest } from '../request.ts';

const QUOTATIONS = '/uapi/domestic-stock/v1/quotations';

interface QuotationParts {
  readonly name: string;
  readonly trId: string;
  readonly path?: string;
  readonly required: readonly string[];
  readonly onPaper?: PaperSupport;
  readonly handle: (request: KisRequest, context: EndpointContext) => KisReply;
}

/** A market data call: GET, one TR id on both servers, no account, any market. */
export function quotation(parts: QuotationParts): Endpoint {
  return {
    name: parts.name,
    method: 'GET',
    path: parts.path ?? `${QUOTATIONS}/${parts.name}`,
    live: [parts.trId],
    paper: [parts.trId],
    onPaper: parts.onPaper ?? 'OFFERED',
    required: parts.required,
    needsAccount: false,
    handle(request, context) {
      const answer = parts.handle(request, context);
      return request.param('FID_COND_MRKT_DIV_CODE') === NXT ? untraded(answer) : answer;
    },
  };
}

/** A call about one symbol: FID_INPUT_ISCD is looked up first. */
export function symbolQuotation(
  parts: Omit<QuotationParts, 'handle' | 'required'> & {
    readonly required?: readonly string[];
    readonly handle: (view: QuoteView, request: KisRequest, context: EndpointContext) => KisReply;
  },
): Endpoint {
  return quotation({
    ...parts,
    required: ['FID_COND_MRKT_DIV_CODE', 'FID_INPUT_ISCD', ...(parts.required ?? [])],
    handle(request, context) {
      const view = quoteView(context.exchange, request.param('FID_INPUT_ISCD') ?? '');
      return view === undefined ? reply(BAD_SYMBOL) : parts.handle(view, request, context);
    },
  });
}

export { localGatewayAddress, parseGatewayAddress } from './address.ts';
export type { GatewayEndpoint } from './address.ts';
export {
  ALIVE_INTERVAL_MS,
  GATEWAY_LEAVE_MS,
  gatewayStopMs,
  PROTOCOL_VERSION,
  REPLY_FRAME_BYTES_MAX,
  REQUEST_FRAME_BYTES_MAX,
  SYMBOLS_PER_REQUEST_MAX,
} from './limits.ts';
export { CLIENT_ROLES } from './methods.ts';
export type { ClientRole, MethodName, MethodParams, MethodResult } from './methods.ts';
export { encodePush, encodePushBody } from './push.ts';
export type { EncodedPushBody, Push, PushBody } from './push.ts';
export { encodeError, encodeResult, parseReply, parseResult } from './reply.ts';
export type { ParsedReply } from './reply.ts';
export { encodeAbort, encodeRequest, parseRequest } from './request.ts';
export type { ParsedRequest, Request } from './request.ts';
export type { WireError, WireErrorCode } from './wire-error.ts';

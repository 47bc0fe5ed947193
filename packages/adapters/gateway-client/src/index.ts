export { connectGateway, GatewayClient } from './gateway-client.ts';
export type { GatewayClientOptions } from './gateway-client.ts';
export type { ClientTls } from './open-socket.ts';

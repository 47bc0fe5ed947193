import { describe, expect, it } from '@jest/globals';
import { InvalidValueError } from '@fleet/domain';
import { localGatewayAddress, parseGatewayAddress } from './address.ts';

describe('gateway address', () => {
  it.each([
    ['unix:/run/fleet/gateway.sock', { kind: 'local', path: '/run/fleet/gateway.sock' }],
    ['/run/fleet/gateway.sock', { kind: 'local', path: '/run/fleet/gateway.sock' }],
    ['\\\\.\\pipe\\kis-fleet-1', { kind: 'local', path: '\\\\.\\pipe\\kis-fleet-1' }],
    ['ws://127.0.0.1:7010', { kind: 'tcp', host: '127.0.0.1', port: 7010, tls: false }],
    ['wss://gateway.example:7010', { kind: 'tcp', host: 'gateway.example', port: 7010, tls: true }],
    ['wss://host:443', { kind: 'tcp', host: 'host', port: 443, tls: true }],
    ['ws://[::1]:7010', { kind: 'tcp', host: '::1', port: 7010, tls: false }],
    ['ws://127.0.0.1:0', { kind: 'tcp', host: '127.0.0.1', port: 0, tls: false }],
  ])('%s is understood', (address, endpoint) => {
    expect(parseGatewayAddress(address)).toEqual(endpoint);
  });

  it.each([
    '',
    'gateway.sock',
    'http://127.0.0.1:1',
    'ws://host',
    'ws://host:99999',
    `/${'x'.repeat(200)}`,
  ])('refuses %p', (address) => {
    expect(() => parseGatewayAddress(address)).toThrow(InvalidValueError);
  });

  it('the local address is the same for every process and always fits', () => {
    expect(localGatewayAddress('/data', 'linux')).toBe('unix:/data/gateway.sock');
    const deep = `/${'deep/'.repeat(40)}data`;
    expect(localGatewayAddress(deep, 'linux')).toBe(localGatewayAddress(`${deep}/`, 'linux'));
    expect(() => parseGatewayAddress(localGatewayAddress(deep, 'linux'))).not.toThrow();
    expect(parseGatewayAddress(localGatewayAddress('C:\\fleet', 'win32')).kind).toBe('local');
  });
});

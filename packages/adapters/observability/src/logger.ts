import { pino } from 'pino';

/** Logs are events: a fixed name and typed fields, JSON, English. */
export interface Logger {
  debug(event: string, fields?: Readonly<Record<string, unknown>>): void;
  info(event: string, fields?: Readonly<Record<string, unknown>>): void;
  warn(event: string, fields?: Readonly<Record<string, unknown>>): void;
  error(event: string, fields?: Readonly<Record<string, unknown>>): void;
  child(fields: Readonly<Record<string, unknown>>): Logger;
}

/** The one list of what never reaches a log (worker acceptance 5.1). */
export const REDACTED = [
  'appKey',
  'appSecret',
  'appkey',
  'appsecret',
  'secretkey',
  'accessToken',
  'access_token',
  'approvalKey',
  'approval_key',
  'authorization',
  'password',
  'token',
  'mode',
  'dbUrl',
] as const;

const paths = REDACTED.flatMap((name) => [name, `*.${name}`, `*.*.${name}`]);

/** Writes to standard output or a file, synchronously, so that a kill loses no line. */
export function makeLogger(options: { process: string; level: string; file?: string }): Logger {
  const root = pino(
    {
      level: options.level.toLowerCase(),
      base: { process: options.process },
      messageKey: 'event',
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label.toUpperCase() }) },
      redact: { paths, censor: '[redacted]' },
      serializers: { error: pino.stdSerializers.err, cause: pino.stdSerializers.err },
    },
    pino.destination({ dest: options.file ?? 1, sync: true, mkdir: true }),
  );
  return wrap(root);
}

function wrap(target: pino.Logger): Logger {
  return {
    debug: (event, fields = {}) => target.debug(fields, event),
    info: (event, fields = {}) => target.info(fields, event),
    warn: (event, fields = {}) => target.warn(fields, event),
    error: (event, fields = {}) => target.error(fields, event),
    child: (fields) => wrap(target.child(fields)),
  };
}

export const silentLogger: Logger = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
  child: () => silentLogger,
};

import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { createSecureContext } from 'node:tls';
import { type Locale, SettingsError } from '@fleet/config';
import { KRX_CALENDAR, KrxRuleError, parseTradeDate, type TradeDate } from '@fleet/krx';
import { type MarketEvents, parseMarketEvents } from '../day/market-events.ts';
import { type FaultScript, parseFaultScript } from '../faults/fault-rule.ts';
import { InputError, type Texts } from './input-error.ts';

/** Where the market days come from. */
export type DaySource =
  | { readonly kind: 'GENERATED'; readonly seed: number }
  | { readonly kind: 'FILE'; readonly file: string };

/** Certificate and key in PEM. */
export interface TlsFiles {
  readonly cert: string;
  readonly key: string;
}

/** Collects a line for each wrong option; a wrong one still gets some value of its type. */
export class OptionChecks {
  readonly #locale: Locale;
  readonly #problems: string[] = [];

  constructor(locale: Locale) {
    this.#locale = locale;
  }

  done(): void {
    if (this.#problems.length > 0) throw new SettingsError(this.#problems);
  }

  whole(flag: string, text: string, bounds: { min: number; max?: number }): number {
    const value = Number(text);
    const { min, max = Number.MAX_SAFE_INTEGER } = bounds;
    if (!/^\d+$/.test(text) || value < min || value > max) {
      this.#wrong(flag, text, {
        en: `a whole number from ${min}${bounds.max ? ` to ${max}` : ''}`,
        ko: `${min}${bounds.max ? `부터 ${max}까지의` : ' 이상의'} 정수여야 합니다`,
      });
    }
    return value;
  }

  decimal(flag: string, text: string, max: number): number {
    const value = Number(text);
    if (!/^\d+(\.\d+)?$/.test(text) || value > max || (value === 0 && flag !== '--slot-linger')) {
      this.#wrong(flag, text, {
        en: `a number above 0 and at most ${max}`,
        ko: `0보다 크고 ${max} 이하인 수여야 합니다`,
      });
    }
    return value;
  }

  rate(text: string | undefined): number | undefined {
    return text === undefined ? undefined : this.decimal('--rate-limit', text, 1_000_000);
  }

  oneOf<Value extends string>(
    flag: string,
    text: string,
    values: readonly [Value, ...Value[]],
  ): Value {
    const found = values.find((value) => value === text);
    if (found === undefined) {
      const wanted = { en: values.join(' or '), ko: `${values.join(' 또는 ')}여야 합니다` };
      this.#wrong(flag, text, wanted);
    }
    return found ?? values[0];
  }

  matching(
    flag: string,
    text: string | undefined,
    shape: RegExp,
    wanted: string,
  ): string | undefined {
    if (text !== undefined && !shape.test(text)) {
      this.#wrong(flag, text, { en: wanted, ko: `${wanted} 모양이어야 합니다` });
    }
    return text;
  }

  given(flag: string, text: string): string {
    if (text.trim() === '') this.#wrong(flag, text, { en: 'a value', ko: '값이 있어야 합니다' });
    return text;
  }

  file(flag: string, text: string): string {
    const path = resolve(text);
    if (!existsSync(path)) {
      this.#wrong(flag, text, { en: 'no such file', ko: '그런 파일이 없습니다' });
    }
    return path;
  }

  day(text: string): DaySource {
    const generated = /^generated(?::(\d{1,9}))?$/.exec(text);
    if (generated !== null) return { kind: 'GENERATED', seed: Number(generated[1] ?? 1) };
    if (text.startsWith('generated')) {
      this.#wrong('--day', text, {
        en: 'generated, generated:SEED or a file of one-minute bars',
        ko: 'generated, generated:SEED 또는 1분봉 파일이어야 합니다',
      });
      return { kind: 'GENERATED', seed: 1 };
    }
    return { kind: 'FILE', file: this.file('--day', text) };
  }

  date(text: string | undefined): TradeDate | undefined {
    if (text === undefined) return undefined;
    try {
      const date = parseTradeDate(text);
      const closure = KRX_CALENDAR.covers(date) ? KRX_CALENDAR.closureOf(date) : undefined;
      if (closure !== undefined) {
        this.#wrong('--from', text, {
          en: `closed that day (${closure.note})`,
          ko: `장이 열리지 않는 날입니다 (${closure.note})`,
        });
      }
      return date;
    } catch (error) {
      if (!(error instanceof KrxRuleError)) throw error;
      this.#wrong('--from', text, { en: 'YYYY-MM-DD', ko: 'YYYY-MM-DD 모양이어야 합니다' });
      return undefined;
    }
  }

  /** '50012345-01' or ten digits. */
  account(text: string): string {
    if (!/^\d{8}-?\d{2}$/.test(text)) {
      this.#wrong('--account', text, { en: '50012345-01', ko: '50012345-01 모양이어야 합니다' });
    }
    return text.replace('-', '');
  }

  marketEvents(file: string | undefined): MarketEvents | undefined {
    return this.#parsed('--market-events', file, parseMarketEvents);
  }

  faults(file: string | undefined): FaultScript | undefined {
    return this.#parsed('--faults', file, parseFaultScript);
  }

  /** Both files or none. */
  tls(certFile: string | undefined, keyFile: string | undefined): TlsFiles | undefined {
    if (certFile === undefined && keyFile === undefined) return undefined;
    if (certFile === undefined || keyFile === undefined) {
      const [given, missing] =
        keyFile === undefined ? ['--tls-cert', '--tls-key'] : ['--tls-key', '--tls-cert'];
      this.#wrong(given, certFile ?? keyFile ?? '', {
        en: `needs ${missing} too`,
        ko: `${missing}도 함께 주어야 합니다`,
      });
      return undefined;
    }
    const cert = this.#text('--tls-cert', certFile);
    const key = this.#text('--tls-key', keyFile);
    if (cert === undefined || key === undefined) return undefined;
    if (!isKeyPair({ cert, key })) {
      this.#wrong('--tls-cert', certFile, {
        en: `not a PEM certificate that goes with --tls-key ${keyFile}`,
        ko: `--tls-key ${keyFile}와 짝이 맞는 PEM 인증서가 아닙니다`,
      });
    }
    return { cert, key };
  }

  #parsed<Parsed>(
    flag: string,
    file: string | undefined,
    parse: (text: string) => Parsed,
  ): Parsed | undefined {
    const text = file === undefined ? undefined : this.#text(flag, file);
    if (file === undefined || text === undefined) return undefined;
    try {
      return parse(text);
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      this.#wrong(flag, file, error.texts);
      return undefined;
    }
  }

  /** Undefined where it cannot be read, which is a problem by then. */
  #text(flag: string, file: string): string | undefined {
    const path = this.file(flag, file);
    if (!existsSync(path)) return undefined;
    try {
      return readFileSync(path, 'utf8');
    } catch {
      this.#wrong(flag, file, { en: 'cannot be read', ko: '읽을 수 없는 파일입니다' });
      return undefined;
    }
  }

  #wrong(flag: string, text: string, wanted: Texts): void {
    this.#problems.push(`${flag} ${text}: ${wanted[this.#locale]}`);
  }
}

function isKeyPair(files: TlsFiles): boolean {
  try {
    createSecureContext(files);
    return true;
  } catch {
    // OpenSSL's words ("no start line") help nobody to find the file.
    return false;
  }
}

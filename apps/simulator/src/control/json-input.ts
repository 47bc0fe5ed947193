import { isJsonObject, type JsonObject, parseJsonObject } from '../rest/request.ts';
import { InputError, type Texts } from './input-error.ts';

/** Where in the user's JSON a value stands, as errors name it. */
export type Place = Texts;

export function wrong(place: Place, what: Texts): InputError {
  return new InputError({ en: `${place.en}: ${what.en}`, ko: `${place.ko}: ${what.ko}` });
}

/** An object with no other keys than these. @throws InputError */
export function objectOf(value: unknown, place: Place, keys: readonly string[]): JsonObject {
  if (!isJsonObject(value)) throw wrong(place, NOT_AN_OBJECT);
  const unknown = Object.keys(value).find((key) => !keys.includes(key));
  if (unknown === undefined) return value;
  throw wrong(place, { en: `unknown key ${unknown}`, ko: `모르는 키가 있습니다: ${unknown}` });
}

/** The same from a text. @throws InputError */
export function parseObject(text: string, place: Place, keys: readonly string[]): JsonObject {
  return objectOf(parseJsonObject(text), place, keys);
}

/** The rows of a list, each with its place, counted from 1; none where the key is missing. @throws InputError */
export function rowsOf(
  object: JsonObject,
  key: string,
  place: Place,
): readonly { readonly value: unknown; readonly place: Place }[] {
  const rows = object[key] ?? [];
  if (!Array.isArray(rows)) {
    throw wrong(place, { en: `${key} must be a list`, ko: `${key}는 목록이어야 합니다` });
  }
  return rows.map((value: unknown, index) => {
    const row = `${key} #${index + 1}`;
    return { value, place: { en: `${place.en}: ${row}`, ko: `${place.ko}: ${row}` } };
  });
}

export function optionalText(object: JsonObject, key: string, place: Place): string | undefined {
  const value = object[key];
  if (value === undefined || typeof value === 'string') return value;
  throw wrong(place, { en: `${key} must be a text`, ko: `${key}는 글이어야 합니다` });
}

export function requiredText(object: JsonObject, key: string, place: Place): string {
  const text = optionalText(object, key, place);
  if (text !== undefined) return text;
  throw wrong(place, { en: `${key} is missing`, ko: `${key}가 없습니다` });
}

/** A number from `min` to `max`; undefined where the key is missing. @throws InputError */
export function optionalNumber(
  object: JsonObject,
  key: string,
  { place, min, max = Infinity }: { place: Place; min: number; max?: number },
): number | undefined {
  const value = object[key];
  if (value === undefined) return undefined;
  if (typeof value === 'number' && value >= min && value <= max) return value;
  const isBounded = Number.isFinite(max);
  throw wrong(place, {
    en: `${key} must be a number${isBounded ? ` from ${min} to ${max}` : numberFrom(min)}`,
    ko: `${key}는 ${isBounded ? `${min}부터 ${max}까지의 ` : numberFromKorean(min)}수여야 합니다`,
  });
}

function numberFrom(min: number): string {
  return Number.isFinite(min) ? ` from ${min}` : '';
}

function numberFromKorean(min: number): string {
  return Number.isFinite(min) ? `${min} 이상의 ` : '';
}

const NOT_AN_OBJECT: Texts = { en: 'not a JSON object', ko: 'JSON 객체가 아닙니다' };

import { closeSync, openSync, readSync, writeFileSync, writeSync } from 'node:fs';

/** Where a worker is in its cycle; a sell's steps are told apart from a buy's. */
export const STEPS = [
  'starting',
  'idle',
  'claim',
  'entering',
  'intent',
  'sent',
  'answer',
  'holding',
  'sell-intent',
  'sell-sent',
  'sell-answer',
  'cancel',
  'releasing',
] as const;

export type Step = (typeof STEPS)[number];

const SLOT_BYTES = 16;
const PAUSED_AT = 1;
const REFUSED_AT = 4;

/**
 * What each worker is doing, in a file that they all write to: one byte by one system call, so that
 * the last step of a killed process stays readable. A slot belongs to a place in the fleet; whoever is
 * started for it inherits it.
 */
export class StepBoard {
  readonly #file: number;

  private constructor(file: number) {
    this.#file = file;
  }

  static create(path: string, slots: number): StepBoard {
    writeFileSync(path, Buffer.alloc(slots * SLOT_BYTES));
    return StepBoard.open(path);
  }

  static open(path: string): StepBoard {
    return new StepBoard(openSync(path, 'r+'));
  }

  close(): void {
    closeSync(this.#file);
  }

  tell(slot: number, step: Step): void {
    this.#write(slot, 0, Buffer.from([STEPS.indexOf(step)]));
  }

  step(slot: number): Step {
    return STEPS[this.#read(slot, 0, 1).readUInt8(0)] ?? 'starting';
  }

  /** The worker is about to stop itself where it was told to. */
  tellPaused(slot: number, paused: boolean): void {
    this.#write(slot, PAUSED_AT, Buffer.from([paused ? 1 : 0]));
  }

  isPaused(slot: number): boolean {
    return this.#read(slot, PAUSED_AT, 1).readUInt8(0) === 1;
  }

  /** Times that the slot's workers did not trust a lock that they had. */
  countRefusal(slot: number): void {
    const count = Buffer.alloc(4);
    count.writeUInt32LE(this.refusals(slot) + 1);
    this.#write(slot, REFUSED_AT, count);
  }

  refusals(slot: number): number {
    return this.#read(slot, REFUSED_AT, 4).readUInt32LE(0);
  }

  #write(slot: number, at: number, bytes: Buffer): void {
    writeSync(this.#file, bytes, 0, bytes.length, slot * SLOT_BYTES + at);
  }

  #read(slot: number, at: number, length: number): Buffer {
    const bytes = Buffer.alloc(length);
    readSync(this.#file, bytes, 0, length, slot * SLOT_BYTES + at);
    return bytes;
  }
}

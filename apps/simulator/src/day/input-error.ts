/** The day input cannot be used. The message is one sentence that says what to change. */
export class InputError extends Error {
  readonly code = 'BAD_DAY_INPUT';

  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'InputError';
  }
}

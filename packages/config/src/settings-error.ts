/** Settings that cannot be used; one line each, saying what to change. The caller prints them and exits 2. */
export class SettingsError extends Error {
  readonly code = 'SETTINGS';
  readonly problems: readonly string[];
  constructor(problems: readonly string[]) {
    super(problems.join('\n'));
    this.name = 'SettingsError';
    this.problems = problems;
  }
}

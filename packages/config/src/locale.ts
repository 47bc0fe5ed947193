export type Locale = 'ko' | 'en';

export type Environment = Readonly<Record<string, string | undefined>>;

/** FLEET_LOCALE wins, then LC_ALL, then LANG; Korean unless one of them says English. */
export function localeOf(env: Environment): Locale {
  const chosen = env['FLEET_LOCALE'] ?? env['LC_ALL'] ?? env['LANG'] ?? 'ko';
  return /^(en|C$|C\.|POSIX)/i.test(chosen) ? 'en' : 'ko';
}

/** The only reader of the process environment. */
export function readEnvironment(): Environment {
  return { ...process.env };
}

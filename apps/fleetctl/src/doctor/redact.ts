/** What must not be shown, whatever sentence KIS puts it into. */
export function redactor(secrets: readonly string[]): (text: string) => string {
  const known = secrets.filter((secret) => secret.length >= 4);
  return (text) => {
    const without = known.reduce((rest, secret) => rest.replaceAll(secret, '…'), text);
    // Approval keys and tokens are echoed in refusals; no word of ours is as long.
    return without.replace(/[\w.+/=-]{25,}/g, (word) =>
      /^https?:|^wss?:/.test(word) ? word : '…',
    );
  };
}

/** 50012345-01 → 50••••45-01: enough to tell two accounts apart. */
export function maskAccount(accountId: string): string {
  return accountId.replace(/^(\d{2})\d{4}(\d{2})/, '$1••••$2');
}

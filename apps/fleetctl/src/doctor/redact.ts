/** What must not be shown, whatever sentence KIS puts it into. */
export function redactor(secrets: readonly string[]): (text: string) => string {
  const known = secrets.filter((secret) => secret.length >= 4);
  return (text) => {
    const without = known.reduce((rest, secret) => rest.replaceAll(secret, '…'), text);
    // Approval keys and tokens are echoed in refusals; no word of ours is as long, but addresses are.
    return without.replace(/[\w.+/=-]{25,}/g, (word) => (isAddress(word) ? word : '…'));
  };
}

/** Of a host or a path; keys and tokens have long parts, or capitals and digits mixed. */
function isAddress(word: string): boolean {
  return word.split(/[./]/).every((part) => part.length < 25 && /^[a-z\d-]*$/.test(part));
}

/** 50012345-01 → 50••••45-01: enough to tell two accounts apart. */
export function maskAccount(accountId: string): string {
  return accountId.replace(/^(\d{2})\d{4}(\d{2})/, '$1••••$2');
}

/** An access token as it is kept between runs. Secret: the gateway stores it encrypted. */
export interface StoredToken {
  readonly accessToken: string;
  /** Epoch ms of the broker clock. */
  readonly issuedAt: number;
  readonly expiresAt: number;
  /** Which app key and host it belongs to (a digest, not the key); others are ignored. */
  readonly issuedFor: string;
}

/** Where the token survives a restart, so that none is issued twice (KIS tells the customer). */
export interface KisTokenStore {
  load(): Promise<StoredToken | undefined>;
  save(token: StoredToken): Promise<void>;
}

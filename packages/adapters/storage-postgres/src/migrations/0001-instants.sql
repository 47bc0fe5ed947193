-- Instants travel as epoch milliseconds and are stored as timestamptz.
CREATE FUNCTION from_ms(ms bigint) RETURNS timestamptz
  LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
  RETURN timestamptz '1970-01-01 00:00:00+00' + ms * interval '1 millisecond';

CREATE FUNCTION to_ms(at timestamptz) RETURNS bigint
  LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
  RETURN floor(extract(epoch FROM at) * 1000)::bigint;

-- The Korean trading day of a market instant; UTC+9 without daylight saving.
CREATE FUNCTION kst_date(at timestamptz) RETURNS date
  LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
  RETURN ((at AT TIME ZONE 'UTC') + interval '9 hours')::date;

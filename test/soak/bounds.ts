/** How the server is run, in seconds: shorter than its defaults, so that a minute sees many of each. Handed to it as flags. */
export const STALENESS = 12;
export const REFRESH = 2;
export const QUERY_TIMEOUT = 1;
export const RELIST = 5;

/** Most queries to one backend at once, its default. */
export const CONCURRENCY = 10;

/** A rules file is in force when two reads agree, which are 2 s apart; the rest is for a busy machine. */
export const RULES_WITHIN = 8;
/** The serving certificate is read every 5 s. */
export const CERTIFICATE_WITHIN = 12;
/** The CAs of clients are read every 30 s. */
export const CAS_WITHIN = 40;

/** Between two scrapes. */
export const SCRAPE = 2;

/** The log in the database is not the one that we know: nothing of it is taken over, placed or signed. */
export class LogChanged extends Error {}

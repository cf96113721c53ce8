/** Long enough to tell two errors apart, short enough to group by. */
const SHAPE_LENGTH_MAX = 120;

/** A line without what differs from one time to the next: quoted words, ids and numbers. Lines of one shape say the same thing. */
export const shapeOf = (text: string): string =>
  text
    .replace(/(["'`])(?:(?!\1)[^\n])*\1/g, '"…"')
    .replace(/\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/gi, '#')
    .replace(/\b(?=[0-9a-f]*\d)[0-9a-f]{8,}\b/gi, '#')
    .replace(/\d+(?:[.:,]\d+)*/g, '#')
    .replace(/\s+/g, ' ')
    .trim()
    .slice(0, SHAPE_LENGTH_MAX);

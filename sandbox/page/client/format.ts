/** Times are shown in the browser's zone, as Slack does. */
const clock = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit', hour12: false });
const clockWithSeconds = new Intl.DateTimeFormat(undefined, {
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  hour12: false,
});
const day = new Intl.DateTimeFormat('en', { weekday: 'long', day: 'numeric', month: 'long' });
const shortDay = new Intl.DateTimeFormat('en', { day: 'numeric', month: 'short', year: 'numeric' });
const numericDay = new Intl.DateTimeFormat('sv', { dateStyle: 'short' });

export const timeOf = (ms: number): string => clock.format(ms);
export const timeWithSeconds = (ms: number): string => clockWithSeconds.format(ms);
export const dayOf = (ms: number): string => day.format(ms);
export const msOfTs = (ts: string): number => Number(ts) * 1000;

/** `12 %`, `0.4 %`, `0 %`. */
export function percent(ratio: number): string {
  const value = ratio * 100;
  if (value > 0 && value < 0.05) return '<0.1 %';
  return `${value >= 10 || value === 0 ? Math.round(value) : value.toFixed(1)} %`;
}

/** `1.2k`, `340`, `7.5`. */
export function quantity(value: number): string {
  if (value >= 10_000) return `${Math.round(value / 1000)}k`;
  if (value >= 1000) return `${(value / 1000).toFixed(1)}k`;
  return value >= 10 || Number.isInteger(value) ? String(Math.round(value)) : value.toFixed(1);
}

/** `4 min 10 s`, `1 h 5 min`, `12 s`. */
export function duration(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return seconds % 60 === 0 ? `${minutes} min` : `${minutes} min ${seconds % 60} s`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** @see https://docs.slack.dev/messaging/formatting-message-text#date-formatting */
export function slackDate(epochSeconds: number, format: string): string {
  const ms = epochSeconds * 1000;
  const tokens: Readonly<Record<string, string>> = {
    date_num: numericDay.format(ms),
    date: dayOf(ms),
    date_short: shortDay.format(ms),
    date_long: dayOf(ms),
    date_pretty: dayOf(ms),
    date_short_pretty: shortDay.format(ms),
    date_long_pretty: dayOf(ms),
    time: timeOf(ms),
    time_secs: timeWithSeconds(ms),
    ago: timeOf(ms),
  };
  return format.replaceAll(/\{([a-z_]+)\}/g, (whole, name: string) => tokens[name] ?? whole);
}

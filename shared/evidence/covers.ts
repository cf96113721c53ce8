/** Whether a certificate's name stands for a host. A wildcard stands for one label, the leftmost: RFC 6125, section 6.4.3. */
export function covers(name: string, host: string): boolean {
  const [wanted, given] = [host.toLowerCase(), name.toLowerCase()];
  if (!given.startsWith('*.')) return given === wanted;
  const dot = wanted.indexOf('.');
  return dot > 0 && wanted.slice(dot) === given.slice(1);
}

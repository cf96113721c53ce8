/** Memory of tiers that do not say it in their names, MiB. Source: gcloud sql tiers list (read 2026-11-23). */
const MEMORY_MIB: Readonly<Record<string, number>> = { 'db-f1-micro': 614, 'db-g1-small': 1740 };
/** MiB for each vCPU of a family. Source: the same. */
const PER_VCPU_MIB: Readonly<Record<string, number>> = {
  'db-n1-standard': 3840,
  'db-n1-highmem': 6656,
  'db-perf-optimized-N': 8192,
};

/** What a Cloud SQL tier has of memory; undefined for one that we do not know. */
export function memoryOfTier(tier: string): number | undefined {
  const custom = /^db-custom-\d+-(\d+)$/.exec(tier)?.[1];
  if (custom !== undefined) return Number(custom);
  const [, family, vcpus] = /^(.+)-(\d+)$/.exec(tier) ?? [];
  const perVcpu = PER_VCPU_MIB[family ?? ''];
  return perVcpu === undefined ? MEMORY_MIB[tier] : perVcpu * Number(vcpus);
}

import type { Subnetwork } from '../ports/network.ts';
import { parseName, projectOf } from '../ports/resource-name.ts';
import type { Instructions } from './by-hand.ts';
import { type Or, refused } from './new-revision.ts';
import { terraform } from './permanence.ts';

/** Twice twice the addresses: a range never shrinks again, and a second raise would be a second outage. Our own choice. */
const BITS = 2;
/** The widest that a subnetwork may have. Source: VPC, subnets, valid ranges (read 2026-11-30). */
const PREFIX_MIN = 4;

/** More addresses for the instances of Direct VPC egress. */
export function expandedSubnet({ name, ipCidrRange }: Subnetwork): Or<{ readonly guide: Instructions }> {
  const { id, region } = parseName(name);
  const project = projectOf(name);
  const [address = '', length] = ipCidrRange.split('/');
  const wanted = Math.max(PREFIX_MIN, Number(length) - BITS);
  if (!Number.isInteger(wanted) || wanted >= Number(length))
    return refused(`subnetwork ${id} (${ipCidrRange}) has no wider range`);
  const at = `--project=${project} --region=${region}`;
  return {
    kind: 'found',
    guide: {
      summary: {
        title: `Widen subnetwork ${id}`,
        before: ipCidrRange,
        after: `/${wanted}, four times as many addresses`,
      },
      risk: 'medium',
      check: {
        words: `See that no other range in the network or its peerings lies in the wider one: gcloud refuses an overlap in this network, and not one elsewhere.`,
        commands: `gcloud compute networks subnets describe ${id} ${at}\ngcloud compute networks subnets list --project=${project} --format="table(name,region,ipCidrRange)"`,
      },
      make: {
        words: `This widens the range around ${address}; what has an address keeps it. Where the wider range is taken, give the services a subnetwork of their own instead.`,
        commands: `gcloud compute networks subnets expand-ip-range ${id} ${at} --prefix-length=${wanted}`,
      },
      undo: { words: 'A range never shrinks again: a smaller one is a new subnetwork.' },
      expectedEffect: 'new instances find an address, and start',
      expectedSeconds: 120,
      whatCouldGoWrong:
        'A range that overlaps with a network elsewhere, by VPN or peering, cuts that off. Firewall rules and allow-lists that name the old range do not know the new addresses.',
      terraform: terraform('google_compute_subnetwork', id, `ip_cidr_range = "RANGE_WITH_/${wanted}"`),
    },
  };
}

import { lastOf } from '../ports/resource-name.ts';
import { byHand, type Instructions } from './by-hand.ts';
import { openedIngress } from './guide-ingress.ts';
import { requestsLetIn, servedByGroup } from './guide-load-balancer.ts';
import { peered, wayOut } from './guide-network-ways.ts';
import { expandedSubnet } from './guide-subnet.ts';
import { type Or, refused } from './new-revision.ts';

/**
 * Guides people through the network and the load balancer: routes, NAT, peering, a subnetwork's range, Cloud Armor, backends, ingress.
 * API: none, people make it.
 * Silent (refuses) where what is broken was not observed, and about the egress setting of one service.
 * Source of the commands: gcloud compute routes, routers nats, networks subnets expand-ip-range, security-policies rules, backend-services,
 * network-endpoint-groups, gcloud services vpc-peerings, gcloud run services update (--ingress), read 2026-11-30.
 */
export const guidedNetwork = byHand({
  title: 'Mend the network',
  answers: [
    'egress-misrouted',
    'peering-broken',
    'direct-vpc-subnet-full',
    'armor-denying',
    'backend-missing',
    'ingress-blocked',
  ],
  needs: [],
  considers: ['network', 'load-balancer', 'cloud-run', 'changes'],
  guide: ({ cause: { rule, target }, seen, environment: { region } }): Or<{ readonly guide: Instructions }> => {
    const { network, changes, 'load-balancer': balancer, 'cloud-run': run } = seen;
    const notSeen = refused(`${lastOf(target)} was not observed`);
    const view = network?.networks.find(({ name }) => name === target);
    switch (rule) {
      case 'egress-misrouted':
        return view === undefined ? notSeen : wayOut(view, region, changes);
      case 'peering-broken':
        return view === undefined ? notSeen : { kind: 'found', guide: peered(view, changes) };
      case 'direct-vpc-subnet-full': {
        const subnet = network?.networks.flatMap(({ subnetworks }) => subnetworks).find(({ name }) => name === target);
        return subnet === undefined ? notSeen : expandedSubnet(subnet);
      }
      case 'armor-denying':
        return balancer === undefined ? notSeen : requestsLetIn(target, balancer, changes);
      case 'backend-missing':
        return balancer === undefined
          ? notSeen
          : servedByGroup(target, { balancer, services: run?.services ?? [], region });
      default: {
        const service = run?.services.find(({ name }) => name === target);
        return service === undefined ? notSeen : { kind: 'found', guide: openedIngress(service, balancer, changes) };
      }
    }
  },
});

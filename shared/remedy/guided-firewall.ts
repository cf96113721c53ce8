import { lastOf, projectOf } from '../ports/resource-name.ts';
import { byHand } from './by-hand.ts';
import { lastChange } from './last-change.ts';
import { refused } from './new-revision.ts';
import { terraform } from './permanence.ts';
import { shellWord } from './shell-word.ts';

/**
 * Guides people through disabling the firewall rule that denies what services send: it is kept, with all its settings.
 * API: none, people make it.
 * Silent (refuses) where the rule itself was not observed.
 * Source of the commands: gcloud compute firewall-rules update (--disabled), read 2026-11-30.
 */
export const guidedFirewall = byHand({
  title: 'Disable the firewall rule',
  answers: ['firewall-blocking'],
  needs: ['network'],
  considers: ['changes'],
  guide: ({ cause: { target }, seen: { network, changes } }) => {
    const name = lastOf(target);
    const project = projectOf(target);
    const rule = network.networks
      .flatMap(({ firewalls }) => firewalls)
      .find((one) => one.name === name && projectOf(one.network) === project);
    if (rule === undefined) return refused(`firewall rule ${name} was not observed`);
    const side = rule.direction === 'egress' ? 'to' : 'from';
    const peers = [...rule.ranges, ...rule.sourceTags].join(', ') || 'anywhere';
    const at = `gcloud compute firewall-rules`;
    const id = shellWord(name, 'FIREWALL_RULE');
    return {
      kind: 'found',
      guide: {
        summary: {
          title: `Disable firewall rule ${name}`,
          before: `${rule.action} ${inWords(rule.protocols)} ${side} ${peers}, priority ${rule.priority}`,
          after: 'disabled, and kept',
        },
        risk: 'medium',
        check: {
          words: `Ask whether it is meant: somebody may be shutting something out at this moment.${lastChange(changes, name)}`,
          commands: `${at} describe ${id} --project=${project}`,
        },
        make: {
          words:
            'This disables the rule, and changes nothing else of it. Open connections and new ones get through within seconds.',
          commands: `${at} update ${id} --disabled --project=${project}`,
        },
        undo: {
          words: 'This puts it back as it was:',
          commands: `${at} update ${id} --no-disabled --project=${project}`,
        },
        expectedEffect: 'connections that the rule dropped open again',
        expectedSeconds: 60,
        whatCouldGoWrong: `All that the rule denies is let through while it is disabled, not only our services. Where it is meant, allow them alone by a rule of a lower number than ${rule.priority}.`,
        terraform: terraform('google_compute_firewall', name, 'disabled = true'),
      },
    };
  },
});

const inWords = (protocols: readonly { readonly protocol: string; readonly ports: readonly string[] }[]): string =>
  protocols.map(({ protocol, ports }) => [protocol, ports.join(',')].filter((part) => part).join(':')).join(' ');

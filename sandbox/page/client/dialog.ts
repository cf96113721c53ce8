import { html } from 'htm/preact';
import type { ComponentChildren, VNode } from 'preact';
import { useEffect, useRef } from 'preact/hooks';

/** A modal dialog of the browser's own: it keeps the focus inside, and Escape closes it. */
export function Dialog(props: {
  readonly label: string;
  readonly onClose: () => void;
  readonly children?: ComponentChildren;
  readonly className?: string;
}): VNode {
  const element = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const dialog = element.current;
    if (dialog?.open === false) dialog.showModal();
    return () => dialog?.close();
  }, []);
  return html`
    <dialog ref=${element} class=${`dialog ${props.className ?? ''}`} aria-label=${props.label}
      onCancel=${(event: Event) => {
        event.preventDefault();
        props.onClose();
      }}>
      ${props.children}
    </dialog>`;
}

import { html } from 'htm/preact';
import type { ComponentChildren, VNode } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';

/** A modal dialog of the browser's own: it keeps the focus inside, and Escape closes it. The focus goes back to where it came from. */
export function Dialog(props: {
  readonly label: string;
  readonly onClose: () => void;
  readonly children?: ComponentChildren;
  readonly className?: string;
}): VNode {
  const element = useRef<HTMLDialogElement>(null);
  useLayoutEffect(() => {
    const dialog = element.current;
    const opener = document.activeElement;
    if (dialog?.open === false) dialog.showModal();
    return () => {
      dialog?.close();
      // The browser gives it back only while the dialog is in the document, and here it may be gone.
      if (opener instanceof HTMLElement) opener.focus();
    };
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

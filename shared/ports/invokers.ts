/** Who may call a service, by its own policy; what it inherits from its project is not in it. */
export interface ServiceInvokers {
  /** `allUsers`, `allAuthenticatedUsers`, accounts: members that the policy lets call. */
  readonly members: readonly string[];
}

export interface InvokersReader {
  /** `service`: its full name. */
  invokers(of: { readonly service: string }, abort: AbortSignal): Promise<ServiceInvokers>;
}

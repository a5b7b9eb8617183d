import { FleetClient, type ConnectionState } from '@fleet/client'
import { signal } from '@preact/signals'

/** Where the notifier is, if it is not where the page came from: the API writes it into the page. */
const notifier = document.querySelector<HTMLMetaElement>('meta[name=fleet-notifier]')?.content

/** The one client of the page. */
export const fleet = new FleetClient(notifier ? { liveUrl: notifier } : {})

/** How the live connection stands. */
export const connection = signal<ConnectionState>('connecting')

export const watchConnection = (): (() => void) => fleet.connection.subscribe((state) => (connection.value = state))

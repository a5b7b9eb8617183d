export function QueuesPage(_: { name?: string }) { return <h1>Queues</h1> }

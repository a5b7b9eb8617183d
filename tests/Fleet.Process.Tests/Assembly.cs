// Each test starts several processes; two tests at a time would only wait for each other.
[assembly: CollectionBehavior(DisableTestParallelization = true)]

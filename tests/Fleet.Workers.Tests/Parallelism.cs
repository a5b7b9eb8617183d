// The tests wait more than they work, so more of them than there are cores can be under way.
[assembly: CollectionBehavior(MaxParallelThreads = 6)]

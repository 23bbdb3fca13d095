-- The planner takes the neighbours of a word for more common than they are, and reads every known word where it knows
-- them beforehand: a hundred times as long, and for the first calls of each connection.
alter function search_near(text) set enable_seqscan = off;

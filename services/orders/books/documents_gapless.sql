-- The numbers of invoices and credit notes have no gap, and no invoice is credited for more than it says.
-- reads: document_series, documents (id series seq kind invoice_id total)
select series as what, last - (select count(*) from documents d where d.series = s.series) as missing
from document_series s
where last <> (select count(*) from documents d where d.series = s.series)
   or last <> (select max(seq) from documents d where d.series = s.series)
union all
select i.id::text, sum(case c.kind when 'reversal' then -c.total else c.total end) - i.total
from documents i join documents c on c.invoice_id = i.id
group by i.id having sum(case c.kind when 'reversal' then -c.total else c.total end) not between 0 and i.total
order by what limit 20

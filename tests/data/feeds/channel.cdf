<?xml version="1.0"?>
<CHANNEL HREF="http://cdf.example/" LASTMOD="1999-01-11T13:00"><TITLE>A channel</TITLE>
<ITEM HREF="http://cdf.example/1" LASTMOD="1999-01-11T13:00"><TITLE>CDF item</TITLE><ABSTRACT>What it says</ABSTRACT></ITEM>
</CHANNEL>
